"""The command `audit` on a configuration that compares defences."""

import sys
from pathlib import Path

from rich.box import SIMPLE_HEAD
from rich.table import Table

from miaudit import presenter
from miaudit.auditing.defences import audit_defended, plan_all
from miaudit.auditing.defences_result import DefencesResult, Defended, Leakage
from miaudit.auditing.effects import defence_verdict
from miaudit.auditing.files import REPORT, to_json
from miaudit.auditing.remarks import not_run
from miaudit.auditing.run import Finished
from miaudit.cli.choices import Choices
from miaudit.cli.console import PlainConsole
from miaudit.cli.execution import execution_of, folders_of
from miaudit.cli.opened import open_page
from miaudit.cli.progress import progress
from miaudit.config import AuditConfig
from miaudit.presenter import NOTHING, limit, quantity, rate
from miaudit.reading.path import about
from miaudit.report.defences import measured_limits
from miaudit.report.folder import write_comparison_folder, write_folder

BREAK = "\n"  # no backslash may stand within an f-string's braces in Python 3.11


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
    write_comparison_folder(result, config, out)
    if choices.as_json:
        sys.stdout.write(to_json(result))
    else:
        _show(result, out)
    if choices.open_page:
        open_page(out / REPORT)


def _show(result: DefencesResult, out: Path) -> None:
    console = PlainConsole()
    console.print(table(result))
    judged = defence_verdict(result)
    for sentence in (judged.headline, *judged.sentences, *not_run(result.skipped)):
        console.print(sentence)
    console.print(f"Report: {(out / REPORT).resolve()}", soft_wrap=True)


def table(result: DefencesResult) -> Table:
    """Two lines per defence and attacker: the highest value among the attacks, and below it its interval.

    Rates that could not be measured for any attack have no column.
    """
    limits = measured_limits(result)
    shown = Table(
        title=f"Defences of {result.description}",
        caption="each number is the highest among the attacks, with its 95 % interval in brackets\n"
        "knows: the attacker trains their own models with the defence; unaware: without it",
        box=SIMPLE_HEAD,
        padding=(0, 1, 0, 0),
    )
    shown.add_column("defence", overflow="fold", max_width=30)
    rates = [f"TPR at\n{limit(fpr)} FPR" for fpr in limits]
    for title in ("train\naccuracy", "test\naccuracy", "attacker", "AUC of the\nstrongest", *rates, "proven\nepsilon"):
        shown.add_column(title, no_wrap=title == "attacker")
    for row in result.rows:
        shown.add_section()
        for cells in _rows(row, limits):
            shown.add_row(*cells)
    return shown


def _rows(row: Defended, limits: tuple[str, ...]) -> list[tuple[str, ...]]:
    epsilon = NOTHING if row.guarantee is None else presenter.epsilon(row.guarantee.epsilon)
    train = rate(row.train_accuracy)
    facts = (row.title, train.value or train.note, rate(row.test_accuracy).text(BREAK))
    rows: list[tuple[str, ...]] = []
    for attacker, leakage in row.distinct.items():
        first = not rows
        who = attacker if row.is_defended else NOTHING
        before: tuple[str, ...] = facts if first else ("", "", "")
        rows.append((*before, who, *_found(leakage, limits), epsilon if first else ""))
    return rows


def _found(leakage: Leakage, limits: tuple[str, ...]) -> tuple[str, ...]:
    name = leakage.strongest
    auc = NOTHING if name is None else f"{name} {quantity(leakage.attacks[name].auc).text(BREAK)}"
    highest = [leakage.highest(fpr) for fpr in limits]
    return auc, *(NOTHING if found is None else rate(found[1]).text(BREAK) for found in highest)
