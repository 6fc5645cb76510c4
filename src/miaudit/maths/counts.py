"""How many members and others lie above a cut: at every distinct score, or for one decision."""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from miaudit.arrays import Bools, Floats, Ints


class Counts(NamedTuple):
    """Members and non-members at or above each distinct score, highest score first."""

    scores: Floats  # (u,)
    tp: Ints  # (u,) members
    fp: Ints  # (u,) non-members


class Confusion(NamedTuple):
    """Numbers of records that were called members (positive) and not, rightly (true) and wrongly (false)."""

    tp: int
    fp: int
    tn: int
    fn: int


def counts(scores: Floats, member: Bools) -> Counts:
    """Count members and non-members at or above each distinct score; records with the same score enter together.

    Takes scores (n,) and membership (n,); O(n log n).

    >>> counts(np.array([2.0, 1.0, 2.0]), np.array([True, False, False])).fp
    array([1, 2])
    """
    order = np.argsort(-scores, kind="stable")
    ranked, inside = scores[order], member[order]
    is_last = np.ones(len(ranked), dtype=bool)  # of the records with its score
    is_last[:-1] = ranked[1:] != ranked[:-1]
    last_of_tie = np.flatnonzero(is_last)
    tp = np.cumsum(inside, dtype=np.int64)[last_of_tie]
    return Counts(ranked[last_of_tie], tp, last_of_tie + 1 - tp)


def has_both(member: Bools) -> bool:
    """Are there members as well as non-members among the records (n,)?"""
    return bool(member.any() and not member.all())


def above(scores: Floats, labels: Ints, cut: float, of_classes: Iterable[tuple[int, float]]) -> Bools:
    """Which records (n,) score strictly above their cut: that of their class, where it has one, else the common one.

    >>> above(np.array([1.0, 1.0, 3.0]), np.array([0, 1, 1]), 0.0, [(1, 2.0)])
    array([ True, False,  True])
    """
    cuts = np.full(len(scores), cut)
    for label, value in of_classes:
        cuts[labels == label] = value
    called: Bools = scores > cuts
    return called


def tally(called: Bools, member: Bools) -> Confusion:
    """Count the records (n,) that were called members against those that are (n,).

    >>> tally(np.array([True, True, False]), np.array([True, False, True]))
    Confusion(tp=1, fp=1, tn=0, fn=1)
    """
    return Confusion(
        tp=int(np.sum(called & member)),
        fp=int(np.sum(called & ~member)),
        tn=int(np.sum(~called & ~member)),
        fn=int(np.sum(~called & member)),
    )
