"""Exact one-sided bounds of a proportion (Clopper & Pearson, Biometrika 1934)."""

import numpy as np
import numpy.typing as npt
from scipy import stats

from miaudit.arrays import Floats


def lower_bound(k: npt.ArrayLike, n: npt.ArrayLike, confidence: npt.ArrayLike = 0.95) -> Floats:
    """Compute the exact one-sided lower bound of a proportion, in [0, 1]; the arguments broadcast.

    Args:
        k: number of successes, from 0 to n.
        n: number of trials, 1 or more.
        confidence: chance, in (0, 1), that the bound does not lie above the true proportion.

    >>> round(float(lower_bound(500, 500, 0.995)), 5)
    0.98946
    """
    k, n, miss = np.asarray(k), np.asarray(n), 1.0 - np.asarray(confidence)
    bound: Floats = np.where(k > 0, stats.beta.ppf(miss, np.maximum(k, 1), n - k + 1), 0.0)
    return bound


def upper_bound(k: npt.ArrayLike, n: npt.ArrayLike, confidence: npt.ArrayLike = 0.95) -> Floats:
    """Compute the exact one-sided upper bound of a proportion, in [0, 1]; the arguments broadcast.

    Args:
        k: number of successes, from 0 to n.
        n: number of trials, 1 or more.
        confidence: chance, in (0, 1), that the bound does not lie below the true proportion.

    >>> round(float(upper_bound(0, 500, 0.995)), 5)
    0.01054
    """
    k, n, miss = np.asarray(k), np.asarray(n), 1.0 - np.asarray(confidence)
    bound: Floats = np.where(k < n, stats.beta.isf(miss, k + 1, np.maximum(n - k, 1)), 1.0)
    return bound
