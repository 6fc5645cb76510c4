"""The inverse of the linearly interpolated percentile."""

import numpy as np

from miaudit.arrays import Floats, Ints


def share_above(value: Floats, below: Floats, above: Floats, rank: Ints, size: Ints | int) -> Floats:
    """Share of a sample that exceeds the value, interpolated linearly between sample values, in [0, 1].

    1 - q, where the value is the q-th linear percentile of the sample (the highest such q where there are several).
    0 from the largest sample value on, 1 below the smallest.

    Args:
        value: (n,).
        below: (n,) the largest sample value that does not exceed it; read only where rank > 0.
        above: (n,) the smallest sample value that exceeds it; read only where rank < size.
        rank: (n,) how many sample values do not exceed it.
        size: how many sample values there are, one number or (n,).

    >>> one = np.ones(1)
    >>> share_above(2.5 * one, 2.0 * one, 3.0 * one, np.array([2]), 3)  # in the sample 1, 2, 3
    array([0.25])
    """
    inside = (rank > 0) & (rank < size)
    gap = np.where(inside, above, 1.0) - np.where(inside, below, 0.0)
    within = (value - np.where(inside, below, value)) / gap
    q = (rank - 1 + within) / np.maximum(np.asarray(size) - 1, 1)
    share: Floats = np.where(inside, 1.0 - q, np.where(rank == 0, 1.0, 0.0))
    return share
