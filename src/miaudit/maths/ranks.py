"""Ranks scores: counts how many lie below each, where ties count half."""

from typing import NamedTuple

from scipy import stats

from miaudit.arrays import Bools, Floats


class Standing(NamedTuple):
    """The place of one score among others."""

    rank: int  # 1 for the highest; equal scores share the rank
    tied: int  # how many others have the same score


class Wins(NamedTuple):
    """For each record, how many records of the other kind lie below it, ties counting half."""

    members: Floats  # (m,)
    nonmembers: Floats  # (k,)
    area: float  # the share of all pairs in which the member is above, see `area`


def wins(scores: Floats, member: Bools) -> Wins:
    """Compare each member with all non-members, and each non-member with all members, by midranks.

    Takes scores (n,) and membership (n,) (Sun & Xu, IEEE Signal Processing Letters 2014); O(n log n).

    >>> import numpy as np
    >>> wins(np.array([3.0, 1.0, 1.0]), np.array([True, True, False]))
    Wins(members=array([1. , 0.5]), nonmembers=array([0.5]), area=0.75)
    """
    ranks = stats.rankdata(scores)
    members, nonmembers = (ranks[kind] - stats.rankdata(scores[kind]) for kind in (member, ~member))
    return Wins(members, nonmembers, float(area(ranks, member)))


def area(ranks: Floats, member: Bools) -> Floats:
    """Area under the ROC curve from midranks (n,) or (n, p): Mann & Whitney's U as a share of all pairs, in [0, 1].

    >>> import numpy as np
    >>> float(area(stats.rankdata([3.0, 1.0, 1.0]), np.array([True, True, False])))
    0.75
    """
    m, k = int(member.sum()), int((~member).sum())
    share: Floats = (ranks[member].sum(axis=0) - m * (m + 1) / 2) / (m * k)
    return share


def standing(scores: Floats, place: int) -> Standing:
    """Rank the score at a place among all scores (n,), the highest first.

    >>> import numpy as np
    >>> standing(np.array([3.0, 1.0, 3.0]), 1)
    Standing(rank=3, tied=0)
    """
    own = scores[place]
    return Standing(rank=1 + int((scores > own).sum()), tied=int((scores == own).sum()) - 1)
