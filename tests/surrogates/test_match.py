"""How alike two models are, by numbers worked out by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from miaudit.surrogates.match import Judged, disorder, distance, match

HALF = np.array([True, True, False, False])


def test_differences_by_hand() -> None:
    # The target was trained on records 0 and 1, the surrogate on 1 and 2: neither saw record 3.
    target = Judged(np.array([1.0, 1.0, 0.0, 1.0]), np.log([0.9, 0.9, 0.2, 0.6]), HALF)
    surrogate = Judged(np.array([1.0, 1.0, 0.0, 0.0]), np.log([0.5, 0.9, 0.3, 0.4]), np.array([0, 1, 1, 0], dtype=bool))
    found = match(target, surrogate)
    assert found.accuracy_own == 0.5  # 2 of 2, 1 of 2
    assert found.accuracy_other == 0.0  # 1 of 2, 1 of 2
    assert found.losses_own == 0.5  # both at 0.9; one of two at 0.9
    assert found.losses_other == 1.0  # 0.6, and 0.4
    assert found.order == 0.0  # one record that neither saw: two constants
    assert found.total == pytest.approx(2.0 / 5)


def test_a_model_is_like_itself() -> None:
    model = Judged(np.array([1.0, 0.0, 1.0, 0.0]), np.array([-0.1, -np.inf, -0.2, -3.0]), HALF)
    assert match(model, model) == (0.0, 0.0, 0.0, 0.0, 0.0)


def test_records_that_neither_saw_are_needed() -> None:
    model = Judged(np.ones(4), np.zeros(4), HALF)
    with pytest.raises(ValueError, match="some that neither was trained on"):
        match(model, model._replace(own=~HALF))


values = st.lists(st.floats(-10, 0), min_size=1, max_size=20).map(np.array)


@given(values, values)
def test_distance_is_the_largest_gap_of_shares(first: np.ndarray, second: np.ndarray) -> None:
    first, second = first.round(3), second.round(3)
    slow = max(abs((first <= cut).mean() - (second <= cut).mean()) for cut in (*first, *second))
    assert distance(first, second) == pytest.approx(slow)


def test_differences_by_rounding_are_none() -> None:
    assert distance(np.array([-0.3, -0.1]), np.array([-0.3 + 1e-12, -0.1])) == 0.0


def test_disorder_by_hand() -> None:
    losses = np.array([0.1, 0.2, 0.3, 0.4])
    assert disorder(losses, np.array([-9.0, -2.0, -7.0, -1.0])) == pytest.approx(1 - 0.8)  # d = 0, 1, -1, 0: 6 * 2 / 60
    assert disorder(losses, -losses) == 1.0  # no more than for unrelated ones
    assert disorder(losses, np.exp(losses)) == pytest.approx(0.0)
    assert disorder(losses, losses * 0) == disorder(losses * 0, losses) == 1.0
    assert disorder(losses * 0, losses * 0 + 2) == 0.0
    assert disorder(losses, losses + np.array([0.0, 1e-12, 0.0, -1e-12])) == pytest.approx(0.0)
    assert disorder(np.array([-np.inf, -np.inf, -1.0]), np.array([-3.0, -3.0, -1.0])) == pytest.approx(0.0)


def test_models_of_one_kind_rank_records_alike() -> None:
    # Equal accuracies and distributions of losses: only the order tells the two surrogates apart.
    neither = np.zeros(6, dtype=bool)
    hard = np.array([-1.0, -2.0, -3.0, -4.0, -5.0, -0.5])
    own = np.array([True, *neither[1:]])
    target = Judged(np.ones(6), hard, own)
    same, other = Judged(np.ones(6), hard, own), Judged(np.ones(6), np.array([-1.0, *hard[:0:-1]]), own)
    assert match(target, same).total == pytest.approx(0.0)
    assert match(target, other).order == pytest.approx(0.5)  # d = -1, 2, 0, -2, 1: 6 * 10 / 120
    assert match(target, other)[:4] == (0.0, 0.0, 0.0, 0.0)
