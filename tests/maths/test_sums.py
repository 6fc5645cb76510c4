"""Sums against `math.fsum`, and over every order of their terms."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from miaudit.maths.sums import exact_sum, total, weighted_mean

numbers = st.floats(-1e6, 1e6, allow_subnormal=True)


@given(st.lists(numbers, min_size=1, max_size=5))
@settings(max_examples=200, deadline=None)
def test_every_order_gives_the_same_bits(terms: list[float]) -> None:
    orders = np.array(list(itertools.permutations(terms)))
    assert len(set(exact_sum(orders, axis=1).tolist())) == 1
    assert len(set(exact_sum(orders.T.copy(), axis=0).tolist())) == 1


@given(st.lists(numbers, min_size=1, max_size=300))
@settings(max_examples=200, deadline=None)
def test_it_is_the_sum(terms: list[float]) -> None:
    """Within the error that the docstring states."""
    error = abs(float(exact_sum(np.array([terms]), axis=1)[0]) - math.fsum(terms))
    assert error <= len(terms) ** 2 * 2.0**-51 * max(map(abs, terms))


def test_each_sum_has_its_own_scale() -> None:
    """What stands beside a sum does not change it: small terms keep their digits beside large ones."""
    small = np.array([[1e-30, 2e-30, 4e-30], [1e30, -1e30, 3.0]])
    np.testing.assert_array_equal(exact_sum(small, axis=1)[0], exact_sum(small[:1], axis=1)[0])
    assert exact_sum(small, axis=1)[0] == pytest.approx(7e-30, rel=1e-14)


def test_shuffled_columns_of_many_rows() -> None:
    rng = np.random.default_rng(0)
    values = rng.normal(size=(256, 500))
    naive, exact = values.sum(axis=0), exact_sum(values, axis=0)
    shuffled = values[rng.permutation(256)]
    assert (shuffled.sum(axis=0) != naive).any()  # otherwise this test would tell nothing
    np.testing.assert_array_equal(exact_sum(shuffled, axis=0), exact)
    np.testing.assert_allclose(exact, naive, rtol=0, atol=1e-11)


def test_totals_do_not_depend_on_the_order() -> None:
    rng = np.random.default_rng(1)
    values, weights = rng.lognormal(0, 5, size=1000), rng.integers(1, 9, size=1000)
    order = rng.permutation(1000)
    assert total(values) == total(values[order])
    assert weighted_mean(values, weights) == weighted_mean(values[order], weights[order])
    assert weighted_mean(np.array([1.0, 4.0]), np.array([2, 1])) == 2.0
