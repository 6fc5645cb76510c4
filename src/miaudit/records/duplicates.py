"""Finds records that occur twice: no attack can tell a non-member from a member that equals it."""

from collections import Counter
from dataclasses import dataclass

import numpy as np

from miaudit.arrays import Bools, Ints
from miaudit.datasets.base import Dataset
from miaudit.errors import UserError
from miaudit.features.base import digests
from miaudit.records.near import Near, nearly_same

BY_CHANCE = 0.01  # copies that are less probable than this are no chance


@dataclass(frozen=True, eq=False)
class Duplicates:
    """Duplicates between members and non-members, as rows of the data set, in the order given."""

    members: Ints  # members that a non-member equals, in features and label
    nonmembers: Ints  # those non-members
    relabelled: Ints  # non-members that equal a member in features, and no member in the label too
    repeated: int  # members that equal an earlier member, in features and label
    near: Near  # non-members that nearly equal a member

    def __str__(self) -> str:
        """One sentence or two about the duplicates; empty where no member equals a non-member."""
        found, near, told = len(self.nonmembers) + len(self.relabelled), len(self.near.nonmembers), []
        if found:
            other = f", {len(self.relabelled):,} of them under another label" if len(self.relabelled) else ""
            told.append(
                f"{found:,} of the non-members are exact copies of members{other}: no attack can tell them apart"
            )
        if near:
            part = f" of {self.near.compared:,} compared" if self.near.compared < self.near.given else ""
            told.append(f"{near:,} of the non-members{part} are nearly the same as a member, which hides leaks")
        return ". ".join(told)


def duplicates(data: Dataset, members: Ints, nonmembers: Ints) -> Duplicates:
    """Find the exact duplicates between the members' and the non-members' rows of a data set."""
    inside, outside = digests(data.x, members), digests(data.x, nonmembers)
    with_label = _labelled(inside, data.y[members]), _labelled(outside, data.y[nonmembers])
    same = _is_among(with_label[1], with_label[0])
    return Duplicates(
        members=members[_is_among(*with_label)],
        nonmembers=nonmembers[same],
        relabelled=nonmembers[_is_among(outside, inside) & ~same],
        repeated=len(members) - len(set(with_label[0])),
        near=nearly_same(data, members, nonmembers),
    )


def check_not_all_copies(data: Dataset, members: Ints, nonmembers: Ints) -> None:
    """Raise UserError where every non-member equals a member in features and label, and chance does not explain it.

    Of tables with few different rows, records drawn anew may all equal a member. The share of members that occur once
    estimates the share of new records that equal none (Good 1953, The population frequencies of species).
    """
    if not len(nonmembers) or not data.tells_records_apart:
        return
    inside = Counter(_labelled(digests(data.x, members), data.y[members]))
    if not all(name in inside for name in _labelled(digests(data.x, nonmembers), data.y[nonmembers])):
        return
    once = sum(count == 1 for count in inside.values()) / len(members)
    if (1 - once) ** len(nonmembers) < BY_CHANCE:
        raise UserError(
            f"all {len(nonmembers):,} non-members are exact copies of members, so no attack could tell them apart: "
            "were the same records given twice? Give records that the model was not trained on as non-members"
        )


def _labelled(digests: list[bytes], y: Ints) -> list[bytes]:
    return [digest + int(label).to_bytes(8) for digest, label in zip(digests, y, strict=True)]


def _is_among(names: list[bytes], others: list[bytes]) -> Bools:
    known = set(others)
    return np.array([name in known for name in names], dtype=bool)
