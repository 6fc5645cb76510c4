"""Finds the positions of values in an array."""

import numpy as np

from miaudit.arrays import Ints


def positions_of(wanted: Ints, among: Ints) -> Ints:
    """Position (n,) in `among` (m,), m >= 1, of each wanted value (n,): the first such place, -1 if there is none.

    >>> positions_of(np.array([7, 5, 9]), among=np.array([5, 7, 8]))
    array([ 1,  0, -1])
    """
    order = np.argsort(among, kind="stable")
    found: Ints = order[np.minimum(np.searchsorted(among, wanted, sorter=order), len(order) - 1)]
    return np.where(among[found] == wanted, found, -1)
