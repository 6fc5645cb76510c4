"""What the command line shows: progress, tables of results."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from miaudit.auditing.result import AttackResult, AuditResult
from miaudit.metrics.quantity import Quantity
from miaudit.metrics.summary import Summary
from miaudit.training.run_local import Progress as Report

LINES_EVERY = 10.0  # seconds between lines where nobody watches a bar


@contextmanager
def progress() -> Iterator[Report]:
    """Bars on a terminal; now and then a line elsewhere. On stderr, so that stdout stays for results."""
    if not sys.stderr.isatty():
        yield _Lines()
        return
    columns = (TextColumn("{task.description:>10}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as bars:
        tasks: dict[str, int] = {}

        def report(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bars.add_task(stage, total=total)
            bars.update(tasks[stage], completed=done, total=total)  # type: ignore[arg-type]  # rich's TaskID is an int

        yield report


class _Lines:
    def __init__(self) -> None:
        self.last = 0.0

    def __call__(self, stage: str, done: int, total: int) -> None:
        now = time.monotonic()
        if done == total or now - self.last > LINES_EVERY:
            self.last = now
            print(f"{stage}: {done} of {total}", file=sys.stderr)


def rate(quantity: Quantity | None) -> str:
    """A rate in per cent with its interval, or why there is none."""
    if quantity is None:
        return "-"
    if quantity.value is None:
        return quantity.note or "not resolved"
    low, high = ((end if end is not None else float("nan")) * 100 for end in (quantity.low, quantity.high))
    return f"{quantity.value:.1%} [{low:.1f}, {high:.1f}]"


def result_table(result: AuditResult) -> Table:
    """A row an attack, the strongest first."""
    table = Table(title=result.verdict.headline, caption="intervals at 95 % confidence")
    for title in ("attack", "AUC", "TPR at 1 % FPR", "TPR at 0.1 % FPR", "epsilon >=", "called members", "precision"):
        table.add_column(title, justify="left" if title == "attack" else "right")
    for name, attack in sorted(result.attacks.items(), key=lambda item: -(item[1].auc.value or 0.0)):
        table.add_row(name, *_row(attack))
    return table


def _row(attack: AttackResult) -> tuple[str, ...]:
    decision = attack.decision
    called = "-" if decision.tp is None or decision.fp is None else f"{decision.tp + decision.fp:,}"
    return (
        attack.auc.text(),
        rate(attack.tpr_at_fpr["0.01"]),
        rate(attack.tpr_at_fpr["0.001"]),
        f"{attack.epsilon.low or 0.0:.2f}",
        called,
        rate(decision.precision),
    )


def summary_table(summary: Summary) -> Table:
    """A row a metric."""
    table = Table(caption="intervals at 95 % confidence")
    table.add_column("metric")
    table.add_column("value", justify="right")
    table.add_row("AUC", summary.auc.text())
    table.add_row("balanced accuracy (best cut)", summary.balanced_accuracy.text())
    for fpr, quantity in summary.tpr_at_fpr.items():
        table.add_row(f"TPR at {float(fpr):.2%} FPR", rate(quantity))
    for recall, quantity in summary.precision_at_recall.items():
        table.add_row(f"precision at recall {recall}", rate(quantity))
    table.add_row("epsilon, lower bound", summary.epsilon.text())
    return table
