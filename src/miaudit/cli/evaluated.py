"""Writes the metrics of a file of scores as a table for the terminal."""

from collections.abc import Iterator

from rich.table import Table

from miaudit.cli.plain_table import plain_table
from miaudit.metrics.evaluation import Evaluation, Hardness
from miaudit.presenter import bound, count, limit, number, quantity, rate, share


def evaluation_table(found: Evaluation) -> Table:
    """One row per metric; metrics that need more columns than the file has are left out."""
    table = plain_table("metric", "value", numbers=("value",), caption="intervals at 95 % confidence")
    table.add_row("AUC", quantity(found.auc).text())
    table.add_row("balanced accuracy (best cut)", quantity(found.balanced_accuracy).text())
    for fpr, tpr in found.tpr_at_fpr.items():
        table.add_row(f"TPR at {limit(fpr)} FPR", rate(tpr).text())
    if found.first_cut is not None and found.first_cut.hides(0.01):
        table.add_row(
            "first possible cut (ties)", f"TPR {share(found.first_cut.tpr)} at FPR {share(found.first_cut.fpr)}"
        )
        for fpr, tpr in found.randomised_tpr_at_fpr.items():
            table.add_row(f"TPR at {limit(fpr)} FPR, ties broken at random", rate(tpr).text())
    for recall, precision in found.precision_at_recall.items():
        table.add_row(f"precision at recall {limit(recall)}", rate(precision).text())
    table.add_row("epsilon, lower bound", bound(found.epsilon).text())
    for name, value in _further(found):
        table.add_row(name, value)
    return table


def _further(found: Evaluation) -> Iterator[tuple[str, str]]:
    """Rows for the metrics that depend on the columns of the file and on the options."""
    if found.one_run_epsilon is not None:
        yield "epsilon of one run, lower bound", bound(found.one_run_epsilon).text()
    if found.at_cut is not None:
        at = found.at_cut
        yield (
            f"above {at.cut:g}: members, non-members",
            f"{count(at.tp)} of {count(at.tp + at.fn)}, {count(at.fp)} of {count(at.fp + at.tn)}",
        )
        yield f"above {at.cut:g}: recall", rate(at.recall).text()
        yield f"above {at.cut:g}: precision", rate(at.precision).text()
    if found.hardness is not None:
        yield from _hardness(found.hardness)
    if found.loss_divergence is not None:
        yield "divergence of the losses, nats", number(found.loss_divergence)
    for label, area in (found.auc_by_class or {}).items():
        yield f"AUC in class {label}", quantity(area).text()
    for name, spread in (found.over_targets or {}).items():
        yield f"{name}, mean over targets", f"{quantity(spread.mean).text()}, deviation {number(spread.std)}"


def _hardness(found: Hardness) -> Iterator[tuple[str, str]]:
    yield f"TPR at 1 % FPR, easy (log p_y above {found.easy_above:g})", rate(found.tpr_easy).text()
    yield "TPR at 1 % FPR, hard", rate(found.tpr_hard).text()
    if found.mean_difficulty_exposed is not None and found.mean_difficulty_hidden is not None:
        yield "loss on references, members found", quantity(found.mean_difficulty_exposed).text()
        yield "loss on references, members not found", quantity(found.mean_difficulty_hidden).text()
    if found.exposed_harder is not None:
        yield "P(found one is harder than one not found)", quantity(found.exposed_harder).text()
