"""How difficult the members are that an attack exposes, and those that stay hidden."""

import numpy as np

from miaudit.decisions.naming import NamedNow, named_now
from miaudit.metrics.hardness import Difficulty, difficulty
from miaudit.presenter import quantity, share
from miaudit.report import score_plots
from miaudit.report.charts.base import Audited, Chart, Section
from miaudit.report.histograms import shared_bins


def exposed_hidden(audit: Audited) -> Section | None:
    """The section on exposed and hidden members; None without references, or where no attack names records."""
    records = audit.records
    if records.reference_loss is None:
        return None
    named = named_now(audit.result, records)
    if named is None:
        return None
    seen = np.isfinite(records.reference_loss)
    found = difficulty(records.member[seen], named.named[seen], -records.reference_loss[seen])
    if not len(found.exposed) or not len(found.hidden):
        return None
    return Section(
        key="exposed_hidden",
        question="researchers",
        place=52,
        heading="Which members are exposed?",
        text="",
        charts=(_chart(named, found),),
    )


def _chart(named: NamedNow, found: Difficulty) -> Chart:
    groups = {"exposed members": found.exposed, "hidden members": found.hidden}
    bins = shared_bins(np.concatenate(list(groups.values())))
    quantity_drawn = "Difficulty: mean loss on the references"
    return Chart(
        key="exposed_hidden",
        title="Difficulty of exposed and hidden members",
        views={"Linear": score_plots.histogram(groups, bins, None, quantity_drawn)},
        label="Histogram of the difficulty of members that are named and of the other members.",
        spoken=_spoken(found),
        caption=(
            f"Exposed are the members among the records that {named.attack} names, with a precision of "
            f"{share(named.precision.value)}. The further to the right, the worse reference models predict the record "
            f"that never saw it. {_spoken(found)} (HP-MIA, Figure 17.)"
            + ("" if bins.scale.width is None else " Away from the middle, the axis is logarithmic.")
        ),
    )


def _spoken(found: Difficulty) -> str:
    """The means, and how surely the one is above the other."""
    means = (
        f"Mean difficulty: exposed {quantity(found.mean_exposed).text()}, hidden {quantity(found.mean_hidden).text()}."
    )
    return f"{means} An exposed member is harder than a hidden one with probability {quantity(found.harder).text()}."
