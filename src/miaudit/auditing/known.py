"""Known records: every record is judged by an attacker who knows the membership of a share of the others.

An attack such as `kde` learns from records of known membership. Setting these aside would take them from every other
attack. Instead the audited records are dealt into parts, and each part is judged by an attacker who knows a share of
the other parts. The records that an attacker knows are never those that they judge, so no score depends on the
membership of its own record. There is one draw per part, and no mean over many: with many draws the known records
approach all records but the judged one, whose absence alone then pushes members below non-members.
"""

import math
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from miaudit.arrays import Bools, Ints
from miaudit.attacks.base import Attack
from miaudit.evidence import Evidence
from miaudit.records.part import FEWEST

FEWEST_TO_DEAL = 2 * FEWEST  # members, and as many non-members: half to know, half to judge


class Knowable(NamedTuple):
    """The truth of the audited records, of which an attacker may know a share."""

    truth: Bools  # (n,)
    fraction: float  # of the members and of the non-members, in (0, 1)


class Deal(NamedTuple):
    """One part of the audited records (positions), and the records known to the attacker who judges it."""

    judged: Ints
    known: Ints  # members and non-members, in proportion


def is_dealt(attack: Attack, evidence: Evidence) -> bool:
    """Does the attack need known records that have to come from the audited ones?"""
    return attack.needs.known and evidence.known is None


def too_few_to_know(members: int, nonmembers: int, fraction: float) -> str | None:
    """Say why there are too few records to know some and judge the others, and what helps; None if there are enough.

    Args:
        members: number of audited members.
        nonmembers: number of audited non-members.
        fraction: share of each that is known.
    """
    for kind, count in (("members", members), ("non-members", nonmembers)):
        if count < FEWEST_TO_DEAL:
            return f"needs {FEWEST_TO_DEAL} {kind}, some to know and some to judge; there are {count:,}"
        if _count(count, fraction) > count - FEWEST:
            return f"knows {fraction:g} of {count:,} {kind}, which leaves too few to judge: lower known_fraction"
    return None


def deals(knowable: Knowable, rng: np.random.Generator) -> Iterator[Deal]:
    """Deal every audited record into one of two parts, or of more if over half of a side is known.

    Raises:
        ValueError: there are too few records; call `too_few_to_know` first.
    """
    truth, fraction = knowable
    sides = [rng.permutation(np.flatnonzero(truth == kind)) for kind in (True, False)]
    if too_few_to_know(len(sides[0]), len(sides[1]), fraction) is not None:
        raise ValueError("too few records of a kind to know some and to judge others")
    counts = [_count(len(side), fraction) for side in sides]
    parts = max(math.ceil(len(side) / (len(side) - count)) for side, count in zip(sides, counts, strict=True))
    parts = min(max(parts, 2), *(len(side) for side in sides))
    dealt = [np.array_split(side, parts) for side in sides]
    for k in range(parts):
        known = [
            rng.permutation(np.concatenate([*side[:k], *side[k + 1 :]]))[:count]
            for side, count in zip(dealt, counts, strict=True)
        ]
        judged = np.concatenate([side[k] for side in dealt])
        yield Deal(np.sort(judged), np.sort(np.concatenate(known)))


def dealt_evidence(evidence: Evidence, knowable: Knowable, rng: np.random.Generator) -> Iterator[tuple[Ints, Evidence]]:
    """Yield the positions of each part's records, and the evidence of the attacker who judges them.

    Args:
        evidence: what was observed of the audited records.
        knowable: their truth, and the share of it that an attacker knows.
        rng: deals the records.
    """
    for judged, known in deals(knowable, rng):
        told = evidence.audit.select(known).with_members(knowable.truth[known])
        yield judged, evidence.part(evidence.audit.select(judged), told)


def _count(side: int, fraction: float) -> int:
    """Number of known records of a side; at least two, since a single one has no spread."""
    return max(FEWEST, round(fraction * side))
