"""Exact one-sided bounds of a proportion (Clopper & Pearson 1934)."""

import numpy as np
import numpy.typing as npt
from scipy import stats

from miaudit.arrays import Floats


def lower_bound(k: npt.ArrayLike, n: npt.ArrayLike, confidence: npt.ArrayLike = 0.95) -> Floats:
    """One-sided exact lower bound of the share of k successes in n >= 1 trials; the arrays broadcast.

    >>> round(float(lower_bound(500, 500, 0.995)), 5)
    0.98946
    """
    k, n, miss = np.asarray(k), np.asarray(n), 1.0 - np.asarray(confidence)
    bound: Floats = np.where(k > 0, stats.beta.ppf(miss, np.maximum(k, 1), n - k + 1), 0.0)
    return bound


def upper_bound(k: npt.ArrayLike, n: npt.ArrayLike, confidence: npt.ArrayLike = 0.95) -> Floats:
    """One-sided exact upper bound of the share of k successes in n >= 1 trials; the arrays broadcast.

    >>> round(float(upper_bound(0, 500, 0.995)), 5)
    0.01054
    """
    k, n, miss = np.asarray(k), np.asarray(n), 1.0 - np.asarray(confidence)
    bound: Floats = np.where(k < n, stats.beta.isf(miss, k + 1, np.maximum(n - k, 1)), 1.0)
    return bound
