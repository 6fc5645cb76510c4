"""Quantiles of the normal distribution."""

from scipy import stats


def deviations(confidence: float) -> float:
    """Number of standard deviations on either side of the mean between which a share `confidence` of the law lies.

    >>> round(deviations(0.95), 3)
    1.96
    """
    return float(stats.norm.isf((1.0 - confidence) / 2.0))
