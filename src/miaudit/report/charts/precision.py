"""Precision against recall of all attacks."""

from miaudit.auditing.result import AttackResult
from miaudit.presenter import limit, rate, share
from miaudit.report import rate_plots
from miaudit.report.charts.base import Audited, Chart, Section, attacks_counted
from miaudit.report.curves import precision_recall_points


def precision(audit: Audited) -> Section | None:
    """The section on precision and recall; None unless members and non-members are known."""
    if not audit.scored or not audit.records.has_both:
        return None
    return Section(
        key="precision",
        question="sure",
        place=20,
        heading="How often a claim is right",
        text="",
        charts=(_chart(audit),),
    )


def _chart(audit: Audited) -> Chart:
    (result, records), names = audit, audit.scored
    known = records.known
    curves = {name: precision_recall_points(records.scores[name][known], records.member[known]) for name in names}
    prevalence = float(records.member[known].mean())
    return Chart(
        key="precision",
        title="Precision and recall",
        views={"Linear": rate_plots.precision_recall(curves, prevalence)},
        label=f"Precision-recall curves of {attacks_counted(len(names))}.",
        spoken=" ".join(filter(None, (_spoken(name, result.attacks[name]) for name in names))),
        caption=(
            "Up: how often the attacker is right when they call a record a member. To the right: the share of the "
            f"members that they want to find. Guessing (dashed) is right in {share(prevalence)} of the claims, the "
            "share of members among the audited records. Where members are rarer, precision is lower."
        ),
    )


def _spoken(name: str, attack: AttackResult) -> str:
    """One sentence: precision at the recalls of the table; empty where none was measured."""
    parts = [
        f"precision {rate(found).value} at recall {limit(recall)}"
        for recall, found in attack.precision_at_recall.items()
        if found.value is not None
    ]
    return f"{name}: {', '.join(parts)}." if parts else ""
