"""How difficult the named members are, and the other members."""

import numpy as np

from miaudit.decisions.naming import NamedNow, named_now
from miaudit.metrics.hardness import Difficulty, difficulty
from miaudit.presenter import count, quantity
from miaudit.report import score_plots
from miaudit.report.charts.base import Audited, Chart, Section
from miaudit.report.histograms import AWAY, shared_bins


def exposed_hidden(audit: Audited) -> Section | None:
    """The section on named and other members; None without references, or where no attack names records."""
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
        heading="Are hard records the named ones?",
        text="",
        charts=(_chart(named, found),),
    )


def _chart(named: NamedNow, found: Difficulty) -> Chart:
    groups = {"named members": found.exposed, "members not named": found.hidden}
    bins = shared_bins(np.concatenate(list(groups.values())))
    quantity_drawn = "Difficulty: mean loss on the references"
    return Chart(
        key="exposed_hidden",
        title="Difficulty of named and other members",
        views={"Linear": score_plots.histogram(groups, bins, None, quantity_drawn)},
        label="Histogram of the difficulty of members that are named and of the other members.",
        spoken=_spoken(found),
        caption=(
            f"Of the {count(named.number)} records that {named.attack} names, {count(named.members)} are members. "
            "Other attacks may find some of the members that are not named. The further to the right, the worse "
            f"reference models that never saw the record predict it. {_spoken(found)} (HP-MIA, Figure 17.)"
            + ("" if bins.scale.width is None else f" {AWAY}")
        ),
    )


def _spoken(found: Difficulty) -> str:
    """The means, and how surely the one is above the other."""
    means = (
        f"Mean difficulty: named {quantity(found.mean_exposed).text()}, not named {quantity(found.mean_hidden).text()}."
    )
    return f"{means} A named member is harder than another member with probability {quantity(found.harder).text()}."
