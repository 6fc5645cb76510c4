"""The scores of members and non-members within each class."""

from typing import NamedTuple

import numpy as np

from miaudit.arrays import Bools, Floats
from miaudit.auditing.groups import NO_GROUPS, classes_of
from miaudit.metrics.per_class import per_class
from miaudit.metrics.roc import auc
from miaudit.presenter import count, number, score
from miaudit.report.axes import Axis
from miaudit.report.charts.base import Audited, Chart, Section
from miaudit.report.histograms import AWAY, Bins, Scale, shared_bins, ticks
from miaudit.report.row_plots import Row, in_rows, quantile_mark, spanning

COLOURS = {"members": "member", "non-members": "nonmember"}
MOST = 10  # classes


class OneClass(NamedTuple):
    """The scores of a class, or of several together."""

    name: str
    members: Floats
    nonmembers: Floats
    auc: float


def class_scores(audit: Audited) -> Section | None:
    """The section on scores by class; None with less than two classes that have enough members and non-members."""
    result, records = audit
    if result.target.classes < 2 or not audit.scored or not records.has_both:
        return None
    strongest, known = audit.scored[0], records.known
    scores, member = records.scores[strongest][known], records.member[known]
    classes = classes_of(records.labels[known], result.target.class_names)
    areas = per_class(auc, scores, member, classes.of)
    large = [of for of in areas if _smaller_side(member[classes.of == of]) >= NO_GROUPS.least]
    if len(large) < 2:
        return None
    shown = sorted(sorted(large, key=lambda of: -(areas[of].value or 0.0))[:MOST])
    drawn = [_class(classes.names[of], scores, member, classes.of == of) for of in shown]
    others = ~np.isin(classes.of, shown)
    if _smaller_side(member[others]) >= NO_GROUPS.least:
        left = len(classes.names) - len(shown)
        drawn.append(_class(f"{left} other class{'' if left == 1 else 'es'}", scores, member, others))
    return Section(
        key="class_scores",
        question="researchers",
        place=62,
        heading="Scores by class",
        text="",
        charts=(_chart(strongest, drawn),),
    )


def _smaller_side(member: Bools) -> int:
    return int(min(member.sum(), (~member).sum()))


def _class(name: str, scores: Floats, member: Bools, rows: Bools) -> OneClass:
    area = auc(scores[rows], member[rows]).value or 0.0
    return OneClass(name, scores[rows & member], scores[rows & ~member], area)


def _chart(attack: str, drawn: list[OneClass]) -> Chart:
    bins = shared_bins(np.concatenate([part for each in drawn for part in (each.members, each.nonmembers)]))
    rows = [_row(each, bins.scale) for each in drawn]
    caption = (
        "Circles are medians; thick lines span the central half of the scores, thin ones the central 90 %. The AUC is "
        "that within the class; of many classes, those with the highest are drawn. Where classes lie apart, one cut "
        "for all of them fits none well (LDC-MIA, Figure 5)."
    )
    if bins.scale.width is not None:
        caption += f" {AWAY}"
    return Chart(
        key="class_scores",
        title=f"Scores of {attack}",
        views={"Linear": in_rows(_axis(f"Score of {attack}", rows, bins), rows, COLOURS)},
        label=f"Quantiles of the scores of {attack}, of members and of non-members, one row per class.",
        spoken=" ".join(row.told for row in rows),
        caption=caption,
        rows=len(rows),
    )


def _row(one: OneClass, scale: Scale) -> Row:
    parts = {"members": one.members, "non-members": one.nonmembers}
    medians = (f"{count(len(of))} {name}, median {score(float(np.median(of)))}" for name, of in parts.items())
    return Row(
        one.name,
        numbers=f"AUC {number(one.auc)}",
        told=f"{one.name}: AUC {number(one.auc)}; {'; '.join(medians)}.",
        marks={name: quantile_mark(scale.place(of)) for name, of in parts.items()},
    )


def _axis(title: str, rows: list[Row], bins: Bins) -> Axis:
    """The part of the scores' axis that the rows fill."""
    axis = spanning(title, rows)
    if bins.scale.width is None:
        return axis
    return axis._replace(ticks=ticks(Bins(np.array([axis.low, axis.high]), bins.scale)))
