"""Mean and spread of some of the values in each column, the same bits for any order of the rows.

A column is a record and its values those of models, as a rule.
"""

from typing import NamedTuple

import numpy as np

from miaudit.arrays import Bools, Floats, Ints
from miaudit.maths.blocks import blocks
from miaudit.maths.sums import exact_sum


class Moments(NamedTuple):
    """Count, mean and spread of the chosen values of each record."""

    counts: Ints  # (n,)
    mean: Floats  # (n,)
    squares: Floats  # (n,) sum of squared differences from the mean


def mean_of(values: Floats, chosen: Bools) -> Floats:
    """Mean (n,) of the values (R, n) where chosen (R, n); each record needs one chosen value.

    >>> mean_of(np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([[True, False], [True, True]]))
    array([2., 4.])
    """
    counts, mean = chosen.sum(axis=0), np.empty(values.shape[1])
    for part in blocks(len(mean), len(values)):
        mean[part] = exact_sum(values[:, part] * chosen[:, part], axis=0) / counts[part]
    return mean


def moments_of(values: Floats, chosen: Bools) -> Moments:
    """Moments of the values (R, n) where chosen (R, n); each record needs one chosen value.

    >>> moments_of(np.array([[1.0], [3.0]]), np.array([[True], [True]]))
    Moments(counts=array([2]), mean=array([2.]), squares=array([2.]))
    """
    counts, mean, squares = chosen.sum(axis=0), np.empty(values.shape[1]), np.empty(values.shape[1])
    for part in blocks(len(mean), len(values)):
        some, wanted = values[:, part], chosen[:, part]
        mean[part] = exact_sum(some * wanted, axis=0) / counts[part]
        residuals = some - mean[part]
        residuals *= wanted
        squares[part] = exact_sum(np.square(residuals, out=residuals), axis=0)
    return Moments(counts, mean, squares)
