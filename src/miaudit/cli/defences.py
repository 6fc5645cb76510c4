"""The command `audit` on a configuration that compares defences."""

import sys
from pathlib import Path

from rich.table import Table

from miaudit import presenter
from miaudit.auditing.defences import audit_defended, plan_all
from miaudit.auditing.defences_result import DefencesResult, Defended
from miaudit.auditing.effects import defence_verdict
from miaudit.auditing.files import REPORT, to_json
from miaudit.auditing.remarks import not_run
from miaudit.auditing.run import Finished
from miaudit.cli.choices import Choices
from miaudit.cli.console import PlainConsole
from miaudit.cli.execution import execution_of, folders_of
from miaudit.cli.fitted_table import Column, fitted_table, measured
from miaudit.cli.opened import open_page
from miaudit.cli.progress import progress
from miaudit.config import AuditConfig
from miaudit.messages import printable
from miaudit.presenter import NOTHING, Printed, limit, quantity, rate
from miaudit.reading.path import about
from miaudit.report.defences import measured_limits
from miaudit.report.folder import write_defences_folder, write_folder

NOTES = (
    "Each number is the highest among the attacks. Lower AUC and TPR are better, as long as the accuracy stays high.",
    "knows: the attacker trains their own models with the defence; unaware: without it.",
)


def compare_defences(config: AuditConfig, out: Path, choices: Choices) -> None:
    """Plan, carry out and print the comparison; each audit gets a folder of its own in `out`."""
    config = choices.applied(config)
    with about(choices.config), folders_of(choices):
        audits = plan_all(config)

    def keep(folder: str, finished: Finished) -> None:
        write_folder(finished, out / folder)

    with progress() as shown:
        execution = execution_of(choices, shown, heading=f"{len(audits)} audits, one after another.")
        result = audit_defended(config, audits, execution, keep)
    if result is None:
        return
    write_defences_folder(result, config, out)
    if choices.as_json:
        sys.stdout.write(to_json(result))
    else:
        _show(result, out)
    if choices.open_page:
        open_page(out / REPORT)


def _show(result: DefencesResult, out: Path) -> None:
    console = PlainConsole()
    judged = defence_verdict(result)
    for sentence in (judged.headline, *judged.sentences, *not_run(result.skipped)):
        console.print(sentence)
    console.print()
    console.print(f"Defences of {result.description}")
    console.print(table(result, console.width))
    for sentence in NOTES:
        console.print(sentence)
    console.print(f"Report: {(out / REPORT).resolve()}", soft_wrap=True)


def table(result: DefencesResult, width: int) -> Table:
    """One line for each defence and attacker; each number is the highest among the attacks.

    Rates that could not be measured for any attack have no column.

    Args:
        result: the defences that were compared.
        width: columns of the screen. Where it is narrow, the less important numbers are left out.
    """
    lines = [(row, attacker, leakage) for row in result.rows for attacker, leakage in row.distinct.items()]
    rows, leaks = [row for row, _, _ in lines], [leakage for _, _, leakage in lines]
    strongest = tuple(leakage.strongest for leakage in leaks)
    aucs = [
        Printed() if name is None else quantity(leakage.attacks[name].auc)
        for name, leakage in zip(strongest, leaks, strict=True)
    ]
    columns = [
        Column("attacker", tuple(who if row.is_defended else NOTHING for row, who, _ in lines), 0, "left"),
        *measured("AUC", aucs, 1, 3),
        Column("strongest\nattack", tuple(printable(name or NOTHING) for name in strongest), 5, "left"),
        *measured("test\naccuracy", [rate(row.test_accuracy) for row in rows], 2, 8),
    ]
    for place, fpr in enumerate(measured_limits(result)):
        highest = [found[1] if (found := leakage.highest(fpr)) else None for leakage in leaks]
        columns += measured(f"TPR at\n{limit(fpr)} FPR", [rate(each) for each in highest], 4 if place == 0 else 9, 10)
    columns.append(Column("training\naccuracy", tuple(rate(row.train_accuracy).value or NOTHING for row in rows), 7))
    columns.append(Column("proven\nepsilon", tuple(_proven(row) for row in rows), 6))
    return fitted_table("defence", [printable(row.title) for row in rows], columns, width)


def _proven(row: Defended) -> str:
    return NOTHING if row.guarantee is None else presenter.epsilon(row.guarantee.epsilon)
