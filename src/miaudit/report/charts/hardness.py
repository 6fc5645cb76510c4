"""The hardness of the records: score on the target against calibrated score, one point per record."""

import numpy as np

from miaudit.arrays import Bools, Floats
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
    loss, calibrated = records.loss[seen], (records.loss - records.reference_loss)[seen]
    groups = {name: mask[seen] for name, mask in records.groups().items()}
    chart = Chart(
        key="hardness",
        title="Hardness of the records",
        views={"Linear": score_plots.hardness(loss, calibrated, groups)},
        label="Scatter plot of membership score against calibrated score, one point per record.",
        spoken=_spoken(loss, calibrated, groups),
        caption=_caption(len(loss)),
    )
    return Section(
        key="hardness",
        question="which",
        place=50,
        heading="Hard records, easy records",
        text="",
        charts=(chart,),
        size="tall",
        shows_records=True,
    )


def _caption(drawn: int) -> str:
    caption = (
        "Each point is a record. The further to the right, the surer the model is of the true class. The further up, "
        "the surer it is than reference models that never saw the record. Memorised members are at the top right: the "
        "model knows them well, although the references find them hard. Easy records, members or not, lie at the right "
        "end of the line at 0: every model knows them. Records outside the central 99 % of a score are drawn at "
        "the edge."
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
