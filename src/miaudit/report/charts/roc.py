"""ROC curves of all attacks, on logarithmic and on linear axes."""

import numpy as np

from miaudit.auditing.result import AttackResult, AuditResult, Release, RocPoint
from miaudit.presenter import count, limit, quantity, rate
from miaudit.report import rate_plots
from miaudit.report.charts.base import Audited, Chart, Section, attacks_counted
from miaudit.report.curves import Curve, roc_points
from miaudit.report.tables import by_strength


def roc(audit: Audited) -> Section | None:
    """The section on the ROC curves; None unless members and non-members are known."""
    curves = _curves(audit)
    if not curves:
        return None
    return Section(
        key="roc",
        question="found",
        place=10,
        heading="How many members are found, at what price",
        text="",
        charts=(_chart(audit.result, curves),),
        size="tall",
    )


def _curves(audit: Audited) -> dict[str, Curve]:
    """The curve of each attack, the strongest first; none where members and non-members are unknown."""
    result, records = audit
    if result.release is not None:
        made = result.release.roc
        return {name: _released(made[name]) for name in by_strength(result) if name in made}
    if not records.has_both:
        return {}
    known = records.known
    return {name: roc_points(records.scores[name][known], records.member[known]) for name in audit.scored}


def _released(points: tuple[RocPoint, ...]) -> Curve:
    """The curve from its first measured corner on, since a line from the origin to it would look measured."""
    seen = points[1:]
    return Curve(np.array([point.fpr for point in seen]), np.array([point.tpr for point in seen]))


def _chart(result: AuditResult, curves: dict[str, Curve]) -> Chart:
    names = tuple(curves)
    members, nonmembers = result.target.members, result.target.nonmembers
    whiskers = _whiskers(result.attacks[names[0]])
    return Chart(
        key="roc",
        title="ROC curves",
        views={
            "Logarithmic": rate_plots.roc(curves, members, nonmembers, whiskers),
            "Linear": rate_plots.linear_roc(curves, whiskers),
        },
        label=f"ROC curves of {attacks_counted(len(names))}; the strongest is {names[0]}.",
        spoken=" ".join(_spoken(name, result.attacks[name]) for name in names),
        caption=_caption(nonmembers, names[0] if whiskers else "", result.release),
    )


def _caption(nonmembers: int, whiskered: str, release: Release | None) -> str:
    caption = (
        "Up: the share of members found. To the right: the share of non-members wrongly accused. The page "
        "opens with logarithmic scales, because the left side matters most: there an attacker names a few members and "
        "is almost never wrong. The dashed diagonal is guessing. In the shaded part, below "
        f"{limit(float(f'{1 / nonmembers:.2g}'))} on the horizontal axis, less than one of the {count(nonmembers)} "
        "non-members is accused: a cut accuses none or one, so the rates between are not measured."
    )
    if whiskered:
        caption += f" A circle with whiskers is a rate of {whiskered} in the table, with its interval."
    if release is not None:
        caption += (
            f" Curves begin where at least {release.least} members and non-members lie above a cut, and as many lie "
            "between two corners."
        )
    return caption


def _whiskers(attack: AttackResult) -> tuple[rate_plots.Whisker, ...]:
    return tuple(
        rate_plots.Whisker(float(fpr), tpr.value, tpr.low, tpr.high)
        for fpr, tpr in attack.tpr_at_fpr.items()
        if tpr.resolved and tpr.value and tpr.low is not None and tpr.high is not None
    )


def _spoken(name: str, attack: AttackResult) -> str:
    """One sentence: the AUC and the true positive rates that could be measured."""
    area = quantity(attack.auc).value or "not measured"
    rates = [
        f"{rate(tpr).value} of the members at {limit(fpr)} false positives"
        for fpr, tpr in attack.tpr_at_fpr.items()
        if tpr.value is not None
    ]
    return f"{name}: {', '.join([f'AUC {area}', *rates])}."
