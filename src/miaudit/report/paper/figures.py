"""The figures of an audit: curves, histograms of scores, attacks with their intervals, and hard records."""

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from miaudit.arrays import Bools, Floats
from miaudit.auditing.result import AuditResult
from miaudit.auditing.scored_records import ScoredRecords
from miaudit.metrics.quantity import Quantity
from miaudit.presenter import label, limit
from miaudit.report.curves import Curve, precision_recall_points, roc_points, sampled
from miaudit.report.histograms import shared_bins
from miaudit.report.paper.curves import draw_precision_recall, draw_roc
from miaudit.report.paper.style import MEMBER, MOST_CURVES, NONMEMBER, new_figure
from miaudit.report.tables import by_strength, measured_limits

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

LOWEST = 1e-4  # false positive rate shown, where there are records enough
HEIGHT = 2.5  # inches, of a figure with one panel
LINE, EDGE = 0.17, 0.75  # inches: of one attack in the figure of all, and of that figure's edges
PANEL = 1.05  # inches, height of a histogram


class _Plan(NamedTuple):
    """A figure: why it cannot be drawn, empty where it can, and what draws it."""

    lack: str
    draw: Callable[[], "Figure"]


class Drawn(NamedTuple):
    """The figures that could be drawn, by name, and why others could not."""

    figures: dict[str, "Figure"]
    missing: dict[str, str]


def draw_figures(result: AuditResult, records: ScoredRecords) -> Drawn:
    """Draw the figures of an audit, within `style()`.

    Args:
        result: the result of an audit.
        records: its records with their scores; there may be none, as in a folder made for release.
    """
    curves = _roc_curves(result, records)
    plans = {
        "attacks": _Plan("" if by_strength(result) else "no attack was run", lambda: _attacks(result)),
        "roc": _Plan("" if curves else _lacks_truth(records), lambda: _roc(curves, result)),
        "precision_recall": _Plan(_lacks_truth(records), lambda: _precision_recall(result, records)),
        "scores": _Plan(_lacks_scores(records), lambda: _scores(result, records)),
        "hardness": _Plan(_lacks_references(records), lambda: _hardness(records)),
    }
    return Drawn(
        figures={name: plan.draw() for name, plan in plans.items() if not plan.lack},
        missing={name: plan.lack for name, plan in plans.items() if plan.lack},
    )


def _strongest(result: AuditResult, records: ScoredRecords) -> tuple[str, ...]:
    """The attacks whose curves are drawn, the strongest first."""
    return tuple(name for name in by_strength(result) if name in records.scores)[:MOST_CURVES]


def _lacks_scores(records: ScoredRecords) -> str:
    return "" if len(records) and records.scores else "the scores of single records are not at hand"


def _lacks_truth(records: ScoredRecords) -> str:
    return _lacks_scores(records) or ("" if records.has_both else "it is not known which records are members")


def _lacks_references(records: ScoredRecords) -> str:
    return "" if records.loss is not None and records.reference_loss is not None else "there are no reference models"


def _roc_curves(result: AuditResult, records: ScoredRecords) -> dict[str, Curve]:
    """The curves of the strongest attacks, from the scores or, in a release, as far as it has them."""
    if not _lacks_truth(records):
        known = records.known
        names = _strongest(result, records)
        return {name: roc_points(records.scores[name][known], records.member[known]) for name in names}
    points = {} if result.release is None else result.release.roc
    return {
        name: Curve(np.array([point.fpr for point in points[name]]), np.array([point.tpr for point in points[name]]))
        for name in by_strength(result)
        if points.get(name)
    }


def _roc(curves: dict[str, Curve], result: AuditResult) -> "Figure":
    fewest = max(min(result.target.members, result.target.nonmembers), 10)
    figure = new_figure(HEIGHT)
    axis = figure.subplots()
    draw_roc(axis, dict(list(curves.items())[:MOST_CURVES]), max(LOWEST, 10.0 ** -np.floor(np.log10(fewest))))
    return figure


def _precision_recall(result: AuditResult, records: ScoredRecords) -> "Figure":
    known, names = records.known, _strongest(result, records)
    curves = {name: precision_recall_points(records.scores[name][known], records.member[known]) for name in names}
    figure = new_figure(HEIGHT)
    axis = figure.subplots()
    draw_precision_recall(axis, curves)
    axis.axhline(float(records.member[known].mean()), color="grey", linestyle=":")
    axis.set_ylim(0, 1.02)
    return figure


def _scores(result: AuditResult, records: ScoredRecords) -> "Figure":
    """A histogram for each attack, members over non-members."""
    names = _strongest(result, records)
    lines = -(-len(names) // 2)
    figure = new_figure(PANEL * lines + 0.4)
    axes = figure.subplots(lines, min(2, len(names)), squeeze=False).ravel()
    for axis, name in zip(axes, names, strict=False):
        _histogram(axis, records.scores[name], records.groups())
        axis.set_title(name, fontsize=6.5)
    for axis in axes[len(names) :]:
        axis.set_axis_off()
    handles, labels = axes[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=len(labels))
    return figure


def _histogram(axis: "Axes", scores: Floats, groups: dict[str, Bools]) -> None:
    """Shares of each group by score, whose axis is labelled with scores however it is stretched."""
    finite = np.isfinite(scores)
    bins = shared_bins(scores[finite])
    for (name, mask), colour in zip(groups.items(), (MEMBER, NONMEMBER), strict=False):
        heights, edges = np.histogram(bins.scale.place(scores[finite & mask]), bins.edges)
        axis.stairs(heights / max(int(heights.sum()), 1), edges, label=name, color=colour, fill=True, alpha=0.5)
    places = np.linspace(bins.edges[0], bins.edges[-1], 3)
    axis.set_xticks(places, [label(float(value), 2) for value in bins.scale.score(places)])
    axis.set_yticks([])
    axis.tick_params(labelsize=6)


def _attacks(result: AuditResult) -> "Figure":
    """A bar for each attack with its 95 % interval: the AUC, and the rate at the most usual limit that was measured."""
    names = by_strength(result)[::-1]
    limits = measured_limits(result)[:1]
    figure = new_figure(LINE * len(names) + EDGE)
    axes = figure.subplots(1, 1 + len(limits), squeeze=False, sharey=True)[0]
    _bars(axes[0], [result.attacks[name].auc for name in names], 0.5)
    axes[0].set_xlabel("AUC")
    axes[0].set_yticks(range(len(names)), names)
    for axis, fpr in zip(axes[1:], limits, strict=True):
        _bars(axis, [result.attacks[name].tpr_at_fpr.get(fpr) for name in names], float(fpr))
        axis.set_xlabel(f"TPR at {limit(fpr)} FPR")
    return figure


def _bars(axis: "Axes", measured: list[Quantity | None], guess: float) -> None:
    """Bars from what guessing reaches, with whiskers; what could not be measured has none."""
    for place, quantity in enumerate(measured):
        if quantity is None or quantity.value is None:
            continue
        axis.barh(place, quantity.value - guess, left=guess, height=0.65, color=MEMBER, alpha=0.6)
        low, high = (quantity.value if end is None else end for end in (quantity.low, quantity.high))
        axis.hlines(place, low, high, color="black", linewidth=0.8)
    axis.axvline(guess, color="grey", linestyle=":")


def _hardness(records: ScoredRecords) -> "Figure":
    """How well the target fits each record, against how much better than models that did not see it."""
    figure = new_figure(HEIGHT)
    axis = figure.subplots()
    loss, reference = records.loss, records.reference_loss
    if loss is not None and reference is not None:
        seen = np.flatnonzero(np.isfinite(loss) & np.isfinite(reference))
        seen = seen[sampled(len(seen))]
        for (name, mask), colour in zip(records.groups().items(), (MEMBER, NONMEMBER), strict=False):
            at = seen[mask[seen]]
            axis.plot(loss[at], loss[at] - reference[at], ".", markersize=2, alpha=0.5, color=colour, label=name)
    axis.set(xlabel="log p of the true class on the target", ylabel="the same, less on reference models")
    axis.legend(markerscale=3)
    return figure
