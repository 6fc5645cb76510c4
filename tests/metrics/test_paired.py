import numpy as np
import pytest

from miaudit.metrics.paired import auc_difference
from miaudit.metrics.quantity import Quantity
from miaudit.metrics.roc import auc

MEMBER = np.arange(400) < 200


def width(quantity: Quantity) -> float:
    return (quantity.high or 0.0) - (quantity.low or 0.0)


def test_the_difference_is_that_of_the_two_areas() -> None:
    rng = np.random.default_rng(0)
    first, second = rng.normal(size=400) + MEMBER, rng.normal(size=400)
    expected = (auc(first, MEMBER).value or 0) - (auc(second, MEMBER).value or 0)
    assert auc_difference(first, second, MEMBER).value == pytest.approx(expected)


def test_what_two_scores_share_cancels() -> None:
    """Nearly the same scores: the interval is far narrower than that of unrelated scores."""
    rng = np.random.default_rng(0)
    first = rng.normal(size=400)
    near = auc_difference(first, first + 0.01 * rng.normal(size=400), MEMBER)
    far = auc_difference(first, rng.normal(size=400), MEMBER)
    assert width(near) < width(far) / 2


def test_the_interval_holds_no_difference_in_95_of_100_pairs_without_one() -> None:
    rng = np.random.default_rng(1)
    held = []
    for _ in range(400):
        shared = rng.normal(size=400) + 0.7 * MEMBER
        found = auc_difference(shared + rng.normal(size=400), shared + rng.normal(size=400), MEMBER)
        assert found.low is not None
        assert found.high is not None
        held.append(found.low <= 0 <= found.high)
    assert np.mean(held) >= 0.92  # a binomial of rate 0.95 falls below this in 0.5 % of runs


def test_two_perfect_scores_do_not_give_a_width_of_zero() -> None:
    perfect = MEMBER.astype(float)
    found = auc_difference(perfect, perfect, MEMBER)
    assert found.value == 0
    assert found.low is not None
    assert found.low < 0
