"""How far two attacks agree: on the order of the records, and on which of them are members."""

from typing import NamedTuple

import numpy as np
from scipy import stats

from miaudit.arrays import Bools, Floats


class Shared(NamedTuple):
    """Records that two attacks call members."""

    both: int
    either: int

    @property
    def share(self) -> float:
        """Jaccard's index: both of either, in [0, 1]; 0 where neither attack calls a record."""
        return self.both / self.either if self.either else 0.0


def rank_correlations(scores: Floats) -> Floats:
    """Compute Spearman's rank correlation of all columns of scores (n, a); ties have their mean rank.

    Returns (a, a), NaN for a column whose scores are all the same.

    >>> rank_correlations(np.array([[1.0, 3.0], [2.0, 2.0], [3.0, 1.0]])).round(3).tolist()
    [[1.0, -1.0], [-1.0, 1.0]]
    """
    ranks = stats.rankdata(scores, axis=0)
    centred = ranks - ranks.mean(axis=0)
    spread = np.sqrt((centred**2).sum(axis=0))
    with np.errstate(invalid="ignore"):
        found: Floats = centred.T @ centred / np.outer(spread, spread)
    return found


def shared(called: Bools, other: Bools) -> Shared:
    """Count the records that both and that either of two attacks call members; (n,) each.

    >>> shared(np.array([True, True, False]), np.array([True, False, False]))
    Shared(both=1, either=2)
    """
    return Shared(int((called & other).sum()), int((called | other).sum()))
