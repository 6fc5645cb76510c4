"""The rate of one group at a quantile of another."""

import numpy as np
import pytest
from scipy import stats

from miaudit.arrays import Floats
from miaudit.metrics.fixed_rate import rate_at_limit


def spelled_out(rated: Floats, limiting: Floats, limit: float, confidence: float) -> tuple[float, float]:
    """The interval by the words of the docstring: loops, counting, scipy's exact test."""
    lows: list[float] = []
    highs: list[float] = []
    z = stats.norm.ppf((1 + confidence) / 2)
    falling = sorted(limiting, reverse=True)
    for angle in np.linspace(0, np.pi / 2, 65):
        level, side = stats.norm.cdf(z * np.cos(angle)), stats.norm.cdf(z * np.sin(angle))
        fewest = next(j for j in range(len(limiting) + 1) if stats.binom.sf(j, len(limiting), limit) <= level)
        most = next(j for j in range(len(limiting) + 1) if stats.binom.cdf(j, len(limiting), limit) >= level)
        strict = falling[fewest - 1] if fewest else np.inf
        loose = falling[most] if most < len(limiting) else -np.inf
        for cut, ends, end in ((strict, lows, 0), (loose, highs, 1)):
            above = sum(score > cut for score in rated)
            exact = stats.binomtest(above, len(rated)).proportion_ci(max(2 * side - 1, 0), "exact")
            ends.append((exact.low, exact.high)[end])
    return min(lows), max(highs)


@pytest.mark.parametrize(("m", "k", "limit"), [(30, 40, 0.1), (50, 25, 0.3), (40, 40, 0.6)])
def test_interval_is_the_one_of_the_docstring(m: int, k: int, limit: float) -> None:
    rng = np.random.default_rng(m)
    rated, limiting = np.round(rng.normal(1, 1, m), 1), np.round(rng.normal(0, 1, k), 1)
    found = rate_at_limit(rated, limiting, limit)
    low, high = spelled_out(rated, limiting, limit, 0.95)
    share = found.above / m
    assert (found.low, found.high) == pytest.approx((min(low, share), max(high, share)), abs=1e-9)


def test_cut_is_the_loosest_within_the_limit() -> None:
    rated, limiting = np.array([5.0, 4.0, 2.5, 2.0, 1.0]), np.array([3.0, 2.0, 1.5, 0.0])
    assert rate_at_limit(rated, limiting, 0.24)[::3] == (2, 3.0)  # none of the four may lie above
    assert rate_at_limit(rated, limiting, 0.25)[::3] == (3, 2.0)  # one may
    assert rate_at_limit(rated, limiting, 0.99)[::3] == (5, 0.0)


def test_limit_that_floats_miss_still_counts_whole_records() -> None:
    limiting = np.arange(10.0)
    assert rate_at_limit(np.array([6.5]), limiting, 0.3).above == 1  # 0.3 * 10 is three records: 9, 8, 7


def test_interval_narrows_with_lower_confidence() -> None:
    rng = np.random.default_rng(0)
    rated, limiting = rng.normal(1, 1, 500), rng.normal(0, 1, 500)
    wide, narrow = (rate_at_limit(rated, limiting, 0.05, level) for level in (0.99, 0.8))
    assert wide.low < narrow.low < narrow.high < wide.high
