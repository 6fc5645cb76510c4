"""The rate of one group at the cut where another group's rate reaches a limit; the interval carries the cut's error.

The true positive rate at a false positive rate is such a number, and so is the false positive rate at a recall.
"""

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from scipy import stats

from miaudit.arrays import Floats, Ints, read_only
from miaudit.maths.binomial import lower_bound, upper_bound
from miaudit.maths.normal import deviations

DIRECTIONS = 65  # along a quarter of the ellipse; 513 move no end by more than 1 % of the width
ROUNDING = 1e-9  # 0.3 * 10 is 3, not 2.999...


class FixedRate(NamedTuple):
    """How many of the rated group lie above the cut, and an interval of their share in the population."""

    above: int
    low: float
    high: float
    cut: float  # records strictly above it


class Reach(NamedTuple):
    """How far the cut may be off in each of several directions, and the confidence left for the share above it."""

    fewest: Ints  # (d,) of the limiting group above the true cut, at least
    most: Ints  # (d,) at most
    of_share: Floats  # (d,) one-sided confidence of the share's bound


@lru_cache(maxsize=1000)  # the same for every score of the same records
def reach_of(limiting: int, limit: float, confidence: float) -> Reach:
    """Return the directions in which the interval of a rate at a limit is searched.

    Args:
        limiting: number of records in the group whose rate is limited.
        limit: the largest rate of that group above the cut, in (0, 1).
        confidence: of the two-sided interval, in (0, 1).
    """
    angles = np.linspace(0.0, np.pi / 2.0, DIRECTIONS)
    z = deviations(confidence)
    of_cut, of_share = stats.norm.cdf(z * np.cos(angles)), stats.norm.cdf(z * np.sin(angles))
    fewest, most = (quantiles(of_cut, limiting, limit).astype(int) for quantiles in (stats.binom.isf, stats.binom.ppf))
    return Reach(read_only(fewest), read_only(most), read_only(of_share))


def rate_at_limit(rated: Floats, limiting: Floats, limit: float, confidence: float = 0.95) -> FixedRate:
    """Compute the share of one group above the loosest cut that at most a given share of another group exceeds.

    Two errors meet in this number: the cut is a quantile of a sample, and the share above it is that of a sample.
    Each pair of deviations (a, b) with a^2 + b^2 = z^2 is as likely as z in one of them alone. So the interval spans
    the shares over all such pairs: the cut moves to the order statistic that the binomial law allows at a, and there
    the Clopper-Pearson bound is taken at b. Where the share changes linearly with the cut, this is the square-and-add
    rule (MOVER: Donner & Zou 2012). Where it jumps, because scores tie, the interval still covers the truth.

    Args:
        rated: (m,) scores of the group whose share is wanted.
        limiting: (k,) scores of the group that limits the cut.
        limit: the largest share of `limiting` above the cut, in (0, 1).
        confidence: of the two-sided interval, in (0, 1).

    >>> rate_at_limit(np.array([4.0, 3.0, 1.0]), np.array([2.0, 0.0]), 0.5).above
    3
    """
    ordered = np.concatenate(([np.inf], np.sort(limiting)[::-1], [-np.inf]))  # [j] is the j-th largest
    ascending = np.sort(rated)
    fewest, most, of_share = reach_of(len(limiting), limit, confidence)

    def count_above(cut: Floats) -> Ints:
        counts: Ints = len(rated) - np.searchsorted(ascending, cut, side="right")
        return counts

    allowed = int(limit * len(limiting) + ROUNDING)
    cut = ordered[allowed + 1]
    above = int(count_above(cut))
    low = lower_bound(count_above(ordered[fewest]), len(rated), of_share).min()
    high = upper_bound(count_above(ordered[most + 1]), len(rated), of_share).max()
    share = above / len(rated)
    return FixedRate(above, min(float(low), share), max(float(high), share), float(cut))
