"""Intervals of a proportion: exact (Clopper-Pearson) and by score (Wilson)."""

from typing import NamedTuple

import numpy as np

from miaudit.maths.binomial import lower_bound, upper_bound
from miaudit.maths.normal import deviations
from miaudit.metrics.quantity import Quantity


class Interval(NamedTuple):
    """Two ends."""

    low: float
    high: float


def clopper_pearson(k: int, n: int, confidence: float = 0.95) -> Interval:
    """Exact two-sided interval of k successes in n >= 1 trials; never covers less than `confidence`.

    >>> tuple(round(end, 4) for end in clopper_pearson(5, 10))
    (0.1871, 0.8129)
    """
    side = (1.0 + confidence) / 2.0
    return Interval(float(lower_bound(k, n, side)), float(upper_bound(k, n, side)))


def wilson(share: float, n: float, confidence: float = 0.95) -> Interval:
    """Score interval of a share of n trials; n may be an effective number, no integer (Wilson 1927).

    >>> tuple(round(end, 4) for end in wilson(0.5, 10))
    (0.2366, 0.7634)
    """
    z = deviations(confidence)
    shrink = 1.0 + z * z / n
    middle = (share + z * z / (2.0 * n)) / shrink
    half = z / shrink * np.sqrt(share * (1.0 - share) / n + (z / (2.0 * n)) ** 2)
    return Interval(max(0.0, float(middle - half)), min(1.0, float(middle + half)))


def proportion(k: int, n: int, confidence: float = 0.95) -> Quantity:
    """K of n with the exact interval; unresolved where n is 0."""
    if n == 0:
        return Quantity.unresolved(0, "needs >= 1 record, have 0", confidence)
    low, high = clopper_pearson(k, n, confidence)
    return Quantity(value=k / n, low=low, high=high, confidence=confidence, n=n)
