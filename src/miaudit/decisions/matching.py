"""Finds the records that two audits have in common, by their ids."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from miaudit.arrays import Bools
from miaudit.decisions.saved import SavedAudit
from miaudit.errors import UserError
from miaudit.messages import shortened
from miaudit.metrics.paired import NONE_SHARED, ScoresAndTruth, Shared

PURPOSE = "a comparison of audits"


@dataclass(frozen=True, eq=False)
class Pair:
    """Two audits and the records that both of them judged."""

    first: SavedAudit
    second: SavedAudit
    shared: Shared  # empty where the audits judged different records

    @property
    def alike(self) -> Shared:
        """The shared records that are members in both audits, or non-members in both."""
        agree = truth_of(self.first)[self.shared.first] == truth_of(self.second)[self.shared.second]
        return Shared(self.shared.first[agree], self.shared.second[agree])

    def attacks(self) -> tuple[str, ...]:
        """The titles of the attacks that both audits ran, in the order of the first."""
        both = set(self.second.result.attacks)
        return tuple(title for title in self.first.result.attacks if title in both)

    def scored(self, attack: str, in_second: str | None = None) -> tuple[ScoresAndTruth, ScoresAndTruth]:
        """Scores and truth in both audits; the attack may have another title in the second."""
        return scored(self.first, attack), scored(self.second, in_second or attack)


def match(first: SavedAudit, second: SavedAudit, unpaired: bool = False) -> Pair:
    """Match the records of two audits by id.

    Args:
        first: the earlier audit.
        second: the later one.
        unpaired: take all records to be different ones, whatever their ids.

    Raises:
        UserError: an audit has no table of scores, its ids are not unique, or an id stands for different classes.
    """
    if unpaired:
        return Pair(first, second, NONE_SHARED)
    ids = _ids(first)
    _, in_first, in_second = np.intersect1d(ids, _ids(second), assume_unique=True, return_indices=True)
    shared = Shared(in_first, in_second)
    _check_classes(first, second, shared, ids)
    return Pair(first, second, shared)


def truth_of(audit: SavedAudit) -> Bools:
    """Membership (n,) of the audited records; raises UserError where it is not known."""
    if audit.needs_scores(PURPOSE)["member"].null_count:
        raise UserError(f"{PURPOSE} needs to know the members; {audit.name} does not say which records are members")
    return _column(audit, "member").astype(bool)


def scored(audit: SavedAudit, attack: str) -> ScoresAndTruth:
    """Scores and truth of one attack; raises UserError where the audit has no such attack."""
    if attack not in audit.needs_scores(PURPOSE).column_names:
        raise UserError(
            f"{audit.name} has no attack {shortened(attack)}; it ran {', '.join(audit.result.attacks) or 'none'}"
        )
    return ScoresAndTruth(_column(audit, attack), truth_of(audit))


def _column(audit: SavedAudit, name: str) -> npt.NDArray[Any]:
    return audit.needs_scores(PURPOSE)[name].to_numpy()


def _ids(audit: SavedAudit) -> npt.NDArray[np.str_]:
    """The ids as text: whole numbers and the same numbers as text name the same record."""
    ids = audit.needs_scores(PURPOSE)["id"].cast(pa.string()).to_numpy().astype(np.str_)
    distinct, counts = np.unique(ids, return_counts=True)
    if len(distinct) < len(ids):
        raise UserError(
            f"expected ids that name one record each in {audit.name}, got {shortened(str(distinct[counts.argmax()]))} "
            f"{counts.max():,} times: compare the audits without matching records (--unpaired)"
        )
    return ids


def _check_classes(first: SavedAudit, second: SavedAudit, shared: Shared, ids: npt.NDArray[np.str_]) -> None:
    """Raise UserError where an id stands for records of different classes, as ids that only count records do."""
    one, other = _classes(first)[shared.first], _classes(second)[shared.second]
    differ = np.flatnonzero(one != other)
    if len(differ):
        where = differ[0]
        raise UserError(
            f"the ids of {first.name} and {second.name} name different records: of {len(one):,} ids in common, "
            f"{len(differ):,} differ in class, such as {shortened(str(ids[shared.first[where]]))}, of class "
            f"{shortened(str(one[where]))} in one and {shortened(str(other[where]))} in the other; give both audits "
            "the ids of the same records, or compare them without matching records (--unpaired)"
        )


def _classes(audit: SavedAudit) -> npt.NDArray[np.str_]:
    """The true class (n,) by name, or by number where classes have no names."""
    table = audit.needs_scores(PURPOSE)
    return table["class" if "class" in table.column_names else "label"].cast(pa.string()).to_numpy().astype(np.str_)
