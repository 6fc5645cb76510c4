"""Cuts between neighbouring scores."""

import numpy as np

from miaudit.arrays import Floats


def midpoint_below(higher: Floats, lower: Floats) -> Floats:
    """Cuts t with lower <= t < higher: midway, also where the two are neighbouring floats.

    >>> midpoint_below(np.array([2.0]), np.array([1.0]))
    array([1.5])
    """
    middle = lower + (higher - lower) / 2.0
    return np.where(middle < higher, middle, lower)


def midpoint_above(lower: Floats, higher: Floats) -> Floats:
    """Cuts t with lower < t <= higher; where the two are equal, that value.

    >>> midpoint_above(np.array([1.0, 2.0]), np.array([2.0, 2.0]))
    array([1.5, 2. ])
    """
    middle = lower + (higher - lower) / 2.0
    return np.where(middle > lower, middle, higher)
