"""What attacks find with fewer reference models: would more find more?"""

from miaudit.auditing.result import AuditResult, Convergence
from miaudit.decisions.converged import gain_in_words, strongest_measured
from miaudit.presenter import PER_CENT, count, quantity, rate
from miaudit.report.charts.base import Audited, Chart, Section, attacks_counted
from miaudit.report.row_plots import GUESSED_AUC
from miaudit.report.size_plots import Sized, by_models

FPR = 0.01


def more_models(audit: Audited) -> Section | None:
    """The section on the number of models; None where no attack was run with fewer of them."""
    result = audit.result
    found = strongest_measured(result)
    if not found:
        return None
    return Section(
        key="more_models",
        question="researchers",
        place=12,
        heading="Would more reference models find more?",
        text=gain_in_words(found[0], "members"),
        charts=(_chart(result, found),),
    )


def _chart(result: AuditResult, found: tuple[Convergence, ...]) -> Chart:
    rates = by_models(
        {each.attack: [Sized(step.models, step.tpr) for step in each.steps] for each in found},
        "TPR at 1 % FPR",
        guessed=FPR,
        times=100,
        unit=PER_CENT,
    )
    areas = by_models(
        {each.attack: [Sized(step.models, step.auc) for step in each.steps] for each in found},
        "AUC",
        guessed=GUESSED_AUC,
        times=1,
        unit="",
    )
    return Chart(
        key="more_models",
        title="Strength and number of reference models",
        views={label: plot for label, plot in {"TPR": rates, "AUC": areas}.items() if plot is not None},
        label=f"What {attacks_counted(len(found))} found with more and more reference models.",
        spoken=" ".join(map(_spoken, found)),
        caption=_caption(result, found),
    )


def _spoken(found: Convergence) -> str:
    steps = (
        f"{count(step.models)} models: TPR at 1 % FPR {rate(step.tpr).text()}, AUC {quantity(step.auc).text()}"
        for step in found.steps
    )
    return f"{found.attack}, {'; '.join(steps)}."


def _caption(result: AuditResult, found: tuple[Convergence, ...]) -> str:
    caption = (
        "To the right: attacks with the first 2, 4, 8, … reference models, and with all. The whiskers are 95 % "
        f"intervals of {found[0].attack}; the grey dashed line is guessing. All numbers come from the same records, so "
        "whiskers do not show how certain a change is: the sentence above the chart has the interval of the last one. "
        "Attacks that cannot run without shadow models of their own are not shown."
    )
    fewest = min(each.records for each in found)
    audited = result.target.members + result.target.nonmembers
    if fewest < audited:
        caption += f" To save time, attacks were run on {count(fewest)} or more random records."
    return caption
