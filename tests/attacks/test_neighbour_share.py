"""Neighbour shares against a double loop."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from miaudit.arrays import Floats, Ints
from miaudit.attacks._neighbourhoods import BLOCK, neighbour_share


def dot(a: list[float], b: list[float]) -> float:
    return math.fsum(x * y for x, y in zip(a, b, strict=True))


def slow_share(queries: Floats, aux: Floats, theta: float, own: Ints) -> list[float]:
    shares = []
    for q, mine in zip(queries.tolist(), own.tolist(), strict=True):
        cosines = [dot(q, a) / (math.hypot(*q) * math.hypot(*a)) for a in aux.tolist()]
        near = sum(c > theta for i, c in enumerate(cosines) if i != mine)
        shares.append(max(near, 1) / len(aux))
    return shares


@given(seed=st.integers(0, 2**32), n=st.integers(1, 12), m=st.integers(1, 12), theta=st.floats(-1, 0.95))
@settings(max_examples=60, deadline=None)
def test_shares_are_those_of_the_double_loop(seed: int, n: int, m: int, theta: float) -> None:
    rng = np.random.default_rng(seed)
    queries, aux = rng.normal(size=(n, 3)), rng.normal(size=(m, 3))
    own = rng.integers(-1, m, size=n)
    np.testing.assert_array_equal(neighbour_share(queries, aux, theta, own), slow_share(queries, aux, theta, own))


def test_by_hand() -> None:
    aux = np.array([[1.0, 0.0], [0.0, 1.0], [-1.0, 0.0], [1.0, 1.0]])
    np.testing.assert_array_equal(neighbour_share(aux, aux, 0.0), [0.5, 0.5, 0.25, 0.75])
    np.testing.assert_array_equal(neighbour_share(aux, aux, 0.0, np.arange(4)), [0.25, 0.25, 0.25, 0.5])


def test_a_record_without_a_neighbour_counts_one() -> None:
    aux = np.array([[-1.0, 0.0], [-2.0, 0.0], [0.0, 0.0]])
    np.testing.assert_array_equal(neighbour_share(np.array([[1.0, 0.0], [0.0, 0.0]]), aux, 0.0), [1 / 3, 1 / 3])


def test_blocks_do_not_show() -> None:
    rng = np.random.default_rng(0)
    queries, aux = rng.normal(size=(3 * BLOCK + 1, 5)), rng.normal(size=(40, 5))
    own = np.arange(len(queries)) % 41 - 1
    single = [neighbour_share(queries[[i]], aux, 0.2, own[[i]])[0] for i in range(len(queries))]
    np.testing.assert_array_equal(neighbour_share(queries, aux, 0.2, own), single)


@pytest.mark.parametrize("size", [1e-300, 1e300])
def test_extreme_lengths_keep_their_direction(size: float) -> None:
    vectors = np.array([[1.0, 2.0], [-1.0, 0.5], [2.0, 0.1]])
    np.testing.assert_array_equal(neighbour_share(vectors * size, vectors, 0.3), neighbour_share(vectors, vectors, 0.3))
