"""Scores averaged over further views of the records."""

from typing import Literal

from miaudit.arrays import Floats
from miaudit.attacks._on_shadows import Score, best
from miaudit.attacks._pairs import pair_is_helped
from miaudit.evidence import Evidence, Panel

Views = Literal["auto", "mean", "first"]
DESCRIPTION = (
    "further views of the records, where there are any: the mean of each view's own score, or leave them out (first); "
    "auto: whichever tells the members of the shadows best; without shadows, whichever tells two references apart "
    "better, else first"
)


def over_views(panel: Panel, score: Score) -> Floats:
    """The mean (n,) of the scores of all views; the score itself, to the last bit, where there is one view."""
    if not panel.views:
        return score(panel)
    first, *others = panel.each_view()
    total = score(first).copy()
    for view in others:
        total += score(view)
    total /= 1 + len(others)
    return total


def scored(wanted: Views, evidence: Evidence, score: Score) -> Literal["mean", "first"]:
    """Whether an attack that compares probabilities takes the mean over the views on this evidence.

    Args:
        wanted: what the user wants.
        evidence: what `auto` is decided on.
        score: the score of a panel without further views.
    """
    if wanted != "auto":
        return wanted
    if not evidence.audit.views:
        return "first"
    found = best([score, lambda panel: over_views(panel, score)], evidence)
    if found is None:
        return "mean" if pair_is_helped(evidence.audit) else "first"
    return "mean" if found == 1 else "first"
