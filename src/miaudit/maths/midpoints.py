"""Cuts between neighbouring scores (HP-MIA Eq. 10), also where no number lies between the two."""

import numpy as np

from miaudit.arrays import Floats


def midpoint_below(higher: Floats, lower: Floats) -> Floats:
    """Cuts t with lower <= t < higher, midway where a number lies between the two: `score > t` parts them.

    >>> midpoint_below(np.array([2.0]), np.array([1.0]))
    array([1.5])
    """
    middle = _middle(lower, higher)
    return np.where(middle < higher, middle, lower)


def midpoint_above(lower: Floats, higher: Floats) -> Floats:
    """Cuts t with lower < t <= higher, midway where a number lies between the two: `score >= t` parts them.

    Where lower and higher are equal, the cut is that value.

    >>> midpoint_above(np.array([1.0, 2.0]), np.array([2.0, 2.0]))
    array([1.5, 2. ])
    """
    middle = _middle(lower, higher)
    return np.where(middle > lower, middle, higher)


def cuts_between(falling: Floats) -> Floats:
    """All cuts that part distinct scores (u,), given from the highest on: (u + 1,), the i-th has i of them above it.

    The first is the highest score, which no score exceeds; the last lies just below the lowest score.

    >>> cuts_between(np.array([3.0, 1.0])).round(3)
    array([3., 2., 1.])
    """
    below_all = np.nextafter(falling[-1], -np.inf)
    return np.concatenate((falling[:1], midpoint_below(falling[:-1], falling[1:]), [below_all]))


def _middle(lower: Floats, higher: Floats) -> Floats:
    middle = lower / 2.0 + higher / 2.0  # halves: the sum of two large scores would overflow
    return np.clip(middle, lower, higher)  # half of the smallest number rounds to 0, which may lie outside
