"""The hardness of the records: score on the target against calibrated score, one point per record."""

import numpy as np

from miaudit.arrays import Bools, Floats
from miaudit.metrics.hardness import Kinds, kinds
from miaudit.presenter import count, score
from miaudit.report import score_plots
from miaudit.report.charts.base import Audited, Chart, Section
from miaudit.report.curves import SCATTER_POINTS


def hardness(audit: Audited) -> Section | None:
    """The section on hard and easy records; None without reference models."""
    records = audit.records
    if records.loss is None or records.reference_loss is None:
        return None
    seen = np.isfinite(records.loss) & np.isfinite(records.reference_loss)
    if not seen.any():
        return None
    loss, reference_loss = records.loss[seen], records.reference_loss[seen]
    calibrated = loss - reference_loss
    groups = {name: mask[seen] for name, mask in records.groups().items()}
    found = _kinds(audit, loss, reference_loss, groups)
    chart = Chart(
        key="hardness",
        title="Hardness of the records",
        views={"Linear": score_plots.hardness(loss, calibrated, groups, has_kinds=found is not None)},
        label="Scatter plot of membership score against calibrated score, one point per record.",
        spoken=" ".join(filter(None, (_spoken(loss, calibrated, groups), _counted(found)))),
        caption=" ".join(filter(None, (_caption(len(loss)), _explained(found)))),
    )
    return Section(
        key="hardness",
        question="which",
        place=50,
        heading="Where each record lies",
        text="",
        charts=(chart,),
        size="tall",
        shows_records=True,
    )


def _kinds(audit: Audited, loss: Floats, reference_loss: Floats, groups: dict[str, Bools]) -> Kinds | None:
    """The five kinds of records; None without their truth, or where scores are no logarithms of probabilities."""
    if "members" not in groups or audit.result.target.outputs == "score":
        return None
    return kinds(groups["members"], groups["non-members"], loss, reference_loss)


def _counted(found: Kinds | None) -> str:
    """How many records are of each kind."""
    if found is None:
        return ""
    easy_members, hard_members, easy, hard, calibrate = (count(int(mask.sum())) for mask in found)
    return (
        f"Members: {easy_members} easy (bottom right), {hard_members} elsewhere. "
        f"Non-members: {easy} easy (bottom right), {hard} not known (left), "
        f"{calibrate} better than the references (top right)."
    )


def _explained(found: Kinds | None) -> str:
    if found is None:
        return ""
    return (
        "Dotted lines are our own limits: to the right, the target gives the class more than half of the "
        f"probability; above, more than twice what the references give. {_counted(found)} (LDC-MIA, Figure 3.)"
    )


def _caption(drawn: int) -> str:
    caption = (
        "Each point is a record. Further right, the model is surer of the true class; further up, it is surer than "
        "reference models that were not trained on the record. Memorised members are at the top right; records that "
        "every model knows lie at the right end of the line at 0. Those outside the central 99 % are drawn at the edge."
    )
    if drawn > SCATTER_POINTS:
        caption += f" Shown are {count(SCATTER_POINTS)} of {count(drawn)} records, drawn at random with a fixed seed."
    return caption


def _spoken(loss: Floats, calibrated: Floats, groups: dict[str, Bools]) -> str:
    """The medians of both scores: one sentence per group."""
    medians = {
        name: [score(float(np.median(of[mask]))) for of in (loss, calibrated)]
        for name, mask in groups.items()
        if mask.any()
    }
    return " ".join(
        f"{name.capitalize()}: median score {on_target}, median calibrated score {difference}."
        for name, (on_target, difference) in medians.items()
    )
