"""Quantiles and probabilities of the normal distribution."""

from scipy import stats


def deviations(confidence: float) -> float:
    """Number of standard deviations on either side of the mean between which a share `confidence` of the law lies.

    >>> round(deviations(0.95), 3)
    1.96
    """
    return float(stats.norm.isf((1.0 - confidence) / 2.0))


def confidence_within(deviations: float) -> float:
    """Share of the law that lies within so many standard deviations on either side of the mean.

    >>> round(confidence_within(1.96), 3)
    0.95
    """
    return float(1.0 - 2.0 * stats.norm.sf(deviations))
