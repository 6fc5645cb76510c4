"""Intervals of a proportion: exact (Clopper-Pearson) and by score (Wilson)."""

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from miaudit.maths.binomial import lower_bound, upper_bound
from miaudit.maths.normal import deviations
from miaudit.metrics.quantity import Quantity


class Interval(NamedTuple):
    """The two ends of an interval."""

    low: float
    high: float


def clopper_pearson(k: int, n: int, confidence: float = 0.95) -> Interval:
    """Compute the exact two-sided interval of a proportion, which never covers less often than it claims.

    Args:
        k: number of successes, from 0 to n.
        n: number of trials, 1 or more.
        confidence: of the interval, in (0, 1).

    >>> tuple(round(end, 4) for end in clopper_pearson(5, 10))
    (0.1871, 0.8129)
    """
    return _exact(k, n, confidence)


@lru_cache(maxsize=4096)  # a report asks about the same counts again and again
def _exact(k: int, n: int, confidence: float) -> Interval:
    side = (1.0 + confidence) / 2.0
    return Interval(float(lower_bound(k, n, side)), float(upper_bound(k, n, side)))


def wilson(share: float, n: float, confidence: float = 0.95) -> Interval:
    """Compute the score interval of a proportion (Wilson, JASA 1927).

    Args:
        share: observed share of successes, in [0, 1].
        n: number of trials, above 0; an effective number need not be whole.
        confidence: of the interval, in (0, 1).

    >>> tuple(round(end, 4) for end in wilson(0.5, 10))
    (0.2366, 0.7634)
    """
    z = deviations(confidence)
    shrink = 1.0 + z * z / n
    middle = (share + z * z / (2.0 * n)) / shrink
    half = z / shrink * np.sqrt(share * (1.0 - share) / n + (z / (2.0 * n)) ** 2)
    return Interval(max(0.0, float(middle - half)), min(1.0, float(middle + half)))


def proportion(k: int, n: int, confidence: float = 0.95) -> Quantity:
    """Return the share of k successes in n trials with its exact interval; unresolved if n is 0.

    Args:
        k: number of successes, from 0 to n.
        n: number of trials, 0 or more.
        confidence: of the two-sided interval, in (0, 1).
    """
    if n == 0:
        return Quantity.unresolved(0, "needs >= 1 record, have 0", confidence)
    low, high = clopper_pearson(k, n, confidence)
    return Quantity(value=k / n, low=low, high=high, confidence=confidence, n=n)
