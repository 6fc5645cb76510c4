"""Exact bounds of a proportion."""

import numpy as np
import pytest
from scipy.stats import binom

from miaudit.maths.binomial import lower_bound, upper_bound

COUNTS = [(1, 1), (5, 9), (149, 149), (30, 31)]


@pytest.mark.parametrize(("k", "n"), COUNTS)
def test_the_lower_bound_is_the_share_at_which_one_draw_of_twenty_has_as_many(k: int, n: int) -> None:
    assert binom.sf(k - 1, n, float(lower_bound(k, n))) == pytest.approx(0.05)


@pytest.mark.parametrize(("k", "n"), [(n - k, n) for k, n in COUNTS])
def test_the_upper_bound_is_the_share_at_which_one_draw_of_twenty_has_as_few(k: int, n: int) -> None:
    assert binom.cdf(k, n, float(upper_bound(k, n))) == pytest.approx(0.05)


def test_none_and_all_bound_nothing_on_their_side() -> None:
    assert lower_bound([0, 0], [7, 1]).tolist() == [0.0, 0.0]
    assert upper_bound([7, 1], [7, 1]).tolist() == [1.0, 1.0]


def test_arrays_broadcast() -> None:
    found = lower_bound(np.array([1, 2]), 5, np.array([[0.9], [0.95]]))
    assert found.shape == (2, 2)
    assert found[1, 1] == lower_bound(2, 5)
