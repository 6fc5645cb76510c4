"""The part of a result that says what was removed before it left a protected environment."""

from miaudit.auditing.result.base import Record


class RocPoint(Record):
    """One point of a ROC curve."""

    fpr: float
    """Share of the non-members above a cut."""
    tpr: float
    """Share of the members above it."""


class Release(Record):
    """How a result was made fit to leave: every number in it is an aggregate over at least `least` records."""

    least: int
    """Fewest records behind a number."""
    removed: tuple[str, ...]
    """What was removed or made coarser, in sentences."""
    roc: dict[str, tuple[RocPoint, ...]]
    """Title of the attack -> its ROC curve, with at least `least` members and non-members between two points."""
