"""Mean and spread of some of the values in each column, the same bits for any order of the rows.

A column is a record and its values those of models, as a rule.
"""

from typing import NamedTuple

import numpy as np

from miaudit.arrays import Bools, Floats, Ints
from miaudit.maths.sums import exact_sum

BLOCK = 2048  # records at a time, so that no second (R, n) array is made


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
    mean = np.empty(values.shape[1])
    for start in range(0, len(mean), BLOCK):
        part = slice(start, start + BLOCK)
        mean[part] = exact_sum(values[:, part] * chosen[:, part], axis=0) / chosen[:, part].sum(axis=0)
    return mean


def moments_of(values: Floats, chosen: Bools) -> Moments:
    """Moments of the values (R, n) where chosen (R, n); each record needs one chosen value.

    >>> moments_of(np.array([[1.0], [3.0]]), np.array([[True], [True]]))
    Moments(counts=array([2]), mean=array([2.]), squares=array([2.]))
    """
    mean, squares = mean_of(values, chosen), np.empty(values.shape[1])
    for start in range(0, len(mean), BLOCK):
        part = slice(start, start + BLOCK)
        residuals = (values[:, part] - mean[part]) * chosen[:, part]
        squares[part] = exact_sum(np.square(residuals, out=residuals), axis=0)
    return Moments(chosen.sum(axis=0), mean, squares)
