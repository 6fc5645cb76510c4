"""The part of a result that holds the numbers of each group of records."""

from miaudit.auditing.result.base import Record
from miaudit.metrics.quantity import Quantity

SURE = 0.05  # a corrected p-value below it: the group differs from the others


class GroupAttack(Record):
    """One attack's numbers within one group."""

    auc: Quantity
    """Area under the ROC curve of the group's members and non-members."""
    tpr: Quantity
    """True positive rate at 1 % FPR, at a cut on the group's own non-members."""
    found: Quantity
    """Share of the group's members above the cut that at most 1 % of all audited non-members exceed."""
    accused: Quantity
    """Share of the group's non-members above that cut."""
    named: int | None
    """Number of the group's records above the cut at which records can be named with the precision `alpha`, the same
    cut for all groups; None where the number is withheld."""
    named_precision: Quantity | None = None
    """Share of members among these; None where nobody is named."""
    auc_p: float
    """P-value of the difference between the group's AUC and that of the other groups, corrected for all tests."""
    found_p: float
    """P-value of the difference between the share found and that of the other groups, corrected for all tests."""

    @property
    def differs(self) -> bool:
        """Is the group found better or worse than the others, beyond chance?"""
        return min(self.auc_p, self.found_p) < SURE


class Group(Record):
    """The records that have one value, or a range of values, in common."""

    name: str
    """The value, or the range of values."""
    members: int | None
    """Number of members; None where the group is suppressed."""
    nonmembers: int | None
    """Number of non-members; None where the group is suppressed."""
    attacks: dict[str, GroupAttack]
    """Title of the attack -> its numbers in the group; empty where the group is suppressed."""

    @property
    def suppressed(self) -> bool:
        """Is the group too small to be shown?"""
        return self.members is None


class Grouping(Record):
    """The audited records in groups by one column."""

    by: str
    """Name of the column; `label` is the class."""
    least: int
    """Groups with fewer members or fewer non-members than this are suppressed."""
    alpha: float
    """Precision at which records are named."""
    groups: tuple[Group, ...]
    """The groups, in the order of their values."""
