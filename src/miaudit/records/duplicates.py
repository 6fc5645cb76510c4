"""Records that are there twice: a non-member that equals a member cannot be told from it, by no attack."""

from dataclasses import dataclass

import numpy as np

from miaudit.arrays import Bools, Ints
from miaudit.datasets.base import Dataset
from miaudit.features.base import digests


@dataclass(frozen=True, eq=False)
class Duplicates:
    """Exact duplicates between members and non-members, as rows of the data set, in the order given."""

    members: Ints  # members that a non-member equals, in features and label
    nonmembers: Ints  # those non-members
    relabelled: Ints  # non-members that equal a member in features, and no member in the label too
    repeated: int  # members that equal an earlier member, in features and label

    def __str__(self) -> str:
        """One sentence; empty where there are none between members and non-members."""
        found = len(self.nonmembers) + len(self.relabelled)
        if not found:
            return ""
        other = f", {len(self.relabelled):,} of them under another label" if len(self.relabelled) else ""
        return f"{found:,} of the non-members are exact copies of members{other}: no attack can tell them apart"


def duplicates(data: Dataset, members: Ints, nonmembers: Ints) -> Duplicates:
    """Find the exact duplicates between the members' and the non-members' rows of a data set."""
    inside, outside = digests(data.x[members]), digests(data.x[nonmembers])
    with_label = _labelled(inside, data.y[members]), _labelled(outside, data.y[nonmembers])
    same = _is_among(with_label[1], with_label[0])
    return Duplicates(
        members=members[_is_among(*with_label)],
        nonmembers=nonmembers[same],
        relabelled=nonmembers[_is_among(outside, inside) & ~same],
        repeated=len(members) - len(set(with_label[0])),
    )


def _labelled(digests: list[bytes], y: Ints) -> list[bytes]:
    return [digest + int(label).to_bytes(8) for digest, label in zip(digests, y, strict=True)]


def _is_among(names: list[bytes], others: list[bytes]) -> Bools:
    known = set(others)
    return np.array([name in known for name in names], dtype=bool)
