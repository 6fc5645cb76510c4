"""Intervals of a proportion."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from miaudit.maths.binomial import lower_bound
from miaudit.metrics.intervals import clopper_pearson, proportion, wilson


@pytest.mark.parametrize(
    ("k", "n", "confidence", "method"),
    [(0, 10, 0.95, "exact"), (10, 10, 0.95, "exact"), (3, 17, 0.9, "exact"), (499, 1000, 0.99, "exact")],
)
def test_clopper_pearson_is_scipys_exact_interval(k: int, n: int, confidence: float, method: str) -> None:
    expected = stats.binomtest(k, n).proportion_ci(confidence, method)
    assert clopper_pearson(k, n, confidence) == pytest.approx((expected.low, expected.high), abs=1e-12)


@pytest.mark.parametrize(("k", "n", "confidence"), [(0, 10, 0.95), (10, 10, 0.95), (3, 17, 0.9)])
def test_wilson_is_scipys(k: int, n: int, confidence: float) -> None:
    expected = stats.binomtest(k, n).proportion_ci(confidence, "wilson")
    assert wilson(k / n, n, confidence) == pytest.approx((expected.low, expected.high), abs=1e-12)


def test_bounds_take_arrays() -> None:
    bounds = lower_bound(np.array([0, 5, 10]), 10, 0.975)
    assert bounds.tolist() == [clopper_pearson(k, 10).low for k in (0, 5, 10)]


@given(st.integers(1, 300).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_interval_holds_the_share_and_mirrors(counts: tuple[int, int]) -> None:
    k, n = counts
    low, high = clopper_pearson(k, n)
    assert 0.0 <= low <= k / n <= high <= 1.0
    assert clopper_pearson(n - k, n) == pytest.approx((1.0 - high, 1.0 - low), abs=1e-9)


def test_proportion_carries_its_count() -> None:
    found = proportion(5, 10)
    assert (found.value, found.n, found.resolved) == (0.5, 10, True)


def test_no_trial_is_unresolved() -> None:
    assert proportion(0, 0).text() == "needs >= 1 record, have 0"
