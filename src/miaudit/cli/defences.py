"""The command `audit` on a configuration that compares defences."""

import sys
from datetime import datetime
from pathlib import Path

import yaml
from rich.box import SIMPLE_HEAD
from rich.table import Table

from miaudit.auditing.compare import Planned, compare, forecast_all, plan_all
from miaudit.auditing.comparison import Comparison, Defended, Leakage
from miaudit.auditing.cost import Forecast, Readers, Share
from miaudit.auditing.effects import defence_verdict
from miaudit.auditing.files import CONFIG, DEFENCES, REPORT, to_json
from miaudit.auditing.remarks import not_run
from miaudit.auditing.run import Finished
from miaudit.cli.choices import Choices
from miaudit.cli.console import PlainConsole
from miaudit.cli.planned import confirm, plan_json, show_plan
from miaudit.cli.progress import progress
from miaudit.cli.shown import rate
from miaudit.config import AuditConfig
from miaudit.data_root import data_root_at
from miaudit.errors import UserError
from miaudit.files import files_together, write_atomically
from miaudit.reading.path import about
from miaudit.report.defences import LIMITS, write_comparison
from miaudit.report.folder import write_folder
from miaudit.running.runners import open_runner
from miaudit.store.checkpoints import Store

BREAK = "\n"  # no backslash may stand within an f-string's braces in Python 3.11


def compare_defences(config: AuditConfig, out: Path, store: Store, choices: Choices) -> None:
    """Plan, carry out and print the comparison; each audit gets a folder of its own in `out`."""
    if choices.budget is not None or choices.anytime:
        option = "--anytime" if choices.anytime else "--budget"
        raise UserError(f"{option} is for a single audit: set `models` of the split to compare defences in less time")
    config = choices.applied(config)
    with data_root_at(choices.data_root), about(choices.config):
        audits = plan_all(config)

    def keep(folder: str, finished: Finished) -> None:
        write_folder(finished, out / folder)

    # A cluster is joined, or started, only for what can be carried out.
    with open_runner(choices.jobs, choices.ray) as runner:
        _announce(audits, together(audits, list(forecast_all(audits, store, runner.at_once))), choices)
        if choices.plan_only:
            return
        with progress() as shown:
            result = compare(config, audits, store, keep, runner, shown.report, shown.watch)
    with files_together(out, apart=(REPORT,)) as folder:
        write_atomically(folder / CONFIG, yaml.safe_dump(config.as_dict(), sort_keys=False).encode())
        write_atomically(folder / DEFENCES, to_json(result).encode())
        write_comparison(result, folder / REPORT)
    if choices.as_json:
        sys.stdout.write(to_json(result))
        return
    console = PlainConsole()
    console.print(table(result))
    judged = defence_verdict(result)
    for sentence in (judged.headline, *judged.sentences):
        console.print(sentence)
    for remark in not_run(result.skipped):
        console.print(remark)
    console.print(f"Report: {(out / REPORT).resolve()}", soft_wrap=True)


def together(audits: list[Planned], forecasts: list[Forecast]) -> Forecast:
    """All audits as one plan, with a share for each: a model that one audit trains is in the store for the next."""
    shares = tuple(_share(audit, forecast) for audit, forecast in zip(audits, forecasts, strict=True))
    slowdowns = [forecast.bf16_slowdown for forecast in forecasts if forecast.bf16_slowdown is not None]
    processes = max(forecast.processes for forecast in forecasts)
    return Forecast(shares, processes, bf16_slowdown=max(slowdowns, default=None))


def _share(audit: Planned, forecast: Forecast) -> Share:
    open_shares = [share for share in forecast.shares if share.to_train]
    known = [share.to_train * share.seconds_each for share in open_shares if share.seconds_each is not None]
    can_tell = open_shares and len(known) == len(open_shares)
    return Share(
        role=audit.folder,
        models=forecast.models,
        cached=forecast.cached,
        records=max(share.records for share in forecast.shares),
        seconds_each=sum(known) / forecast.to_train if can_tell else None,
        readers=Readers(scores=tuple(audit.plan.questions.attacks)),
    )


def _announce(audits: list[Planned], cost: Forecast, choices: Choices) -> None:
    if choices.plan_only and choices.as_json:
        sys.stdout.write(plan_json(cost))
        return
    console = PlainConsole(stderr=not choices.plan_only)
    console.print(f"{len(audits)} audits, one after another.")
    show_plan(cost, console, datetime.now())
    if choices.confirm_above is not None and not choices.plan_only:
        confirm(cost, choices.confirm_above, console)


def table(result: Comparison) -> Table:
    """Two lines per defence and attacker: the highest value among the attacks, and below it its interval.

    Rates that could not be measured for any attack have no column.
    """
    limits = [fpr for fpr in LIMITS if any(leak.highest(fpr) for row in result.rows for leak in row.attackers.values())]
    shown = Table(
        title=f"Defences of {result.description}",
        caption="each number is the highest among the attacks, with its 95 % interval in brackets\n"
        "knows: the attacker trains their own models with the defence; unaware: without it",
        box=SIMPLE_HEAD,
        padding=(0, 1, 0, 0),
    )
    shown.add_column("defence", overflow="fold", max_width=30)
    rates = [f"TPR at\n{float(fpr) * 100:g} % FPR" for fpr in limits]
    for title in ("train\naccuracy", "test\naccuracy", "attacker", "AUC of the\nstrongest", *rates, "proven\nepsilon"):
        shown.add_column(title, no_wrap=title == "attacker")
    for row in result.rows:
        shown.add_section()
        for cells in _rows(row, limits):
            shown.add_row(*cells)
    return shown


def _rows(row: Defended, limits: list[str]) -> list[tuple[str, ...]]:
    epsilon = "-" if row.guarantee is None else "∞" if (e := row.guarantee.epsilon) is None else f"{e:.2f}"
    train = rate(row.train_accuracy, "\n").partition("\n")[0]
    facts = (row.title, train, rate(row.test_accuracy, "\n"))
    rows: list[tuple[str, ...]] = []
    for attacker, leakage in row.distinct.items():
        first = not rows
        who = attacker if row.is_defended else "-"
        before: tuple[str, ...] = facts if first else ("", "", "")
        rows.append((*before, who, *_found(leakage, limits), epsilon if first else ""))
    return rows


def _found(leakage: Leakage, limits: list[str]) -> tuple[str, ...]:
    name = leakage.strongest
    auc = "-" if name is None else f"{name} {leakage.attacks[name].auc.text(between=BREAK)}"
    highest = [leakage.highest(fpr) for fpr in limits]
    return auc, *("-" if found is None else rate(found[1], "\n") for found in highest)
