"""How far the mean of a sample, or one more value, may lie from the sample's mean, by the t distribution."""

import math

from scipy import stats


def reach_of_mean(deviation: float, count: int, confidence: float = 0.95) -> float:
    """Compute half the width of the interval around a sample's mean in which the true mean lies.

    Args:
        deviation: the sample's standard deviation, with n - 1 in the denominator.
        count: number of values n, 2 or more.
        confidence: of the two-sided interval, in (0, 1).

    >>> round(reach_of_mean(1.0, 3), 2)
    2.48
    """
    return _quantile(count, confidence) * deviation / math.sqrt(count)


def reach_of_next(deviation: float, count: int, confidence: float = 0.95) -> float:
    """Compute half the width of the interval around a sample's mean in which one more value lies.

    Args:
        deviation: the sample's standard deviation, with n - 1 in the denominator.
        count: number of values n, 2 or more.
        confidence: of the two-sided interval, in (0, 1).

    >>> round(reach_of_next(1.0, 3), 2)
    4.97
    """
    return _quantile(count, confidence) * deviation * math.sqrt(1.0 + 1.0 / count)


def _quantile(count: int, confidence: float) -> float:
    return float(stats.t.isf((1.0 - confidence) / 2.0, count - 1))
