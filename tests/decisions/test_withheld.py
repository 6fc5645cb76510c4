"""Tests of numbers that are made coarse enough to leave."""

import numpy as np
import pytest

from miaudit.decisions.withheld import coarse_roc, epsilon, is_small, rate, share
from miaudit.metrics.intervals import proportion
from miaudit.metrics.quantity import Quantity


@pytest.mark.parametrize(("count", "small"), [(0, True), (9, True), (10, False), (90, False), (91, True), (100, True)])
def test_a_count_is_small_on_either_side(count: int, small: bool) -> None:
    assert is_small(count, 100, 10) is small
    shown = rate(proportion(count, 100), 100, 10)
    assert (shown.value is None) is small


def test_ends_of_intervals_move_outwards_to_steps_of_k_records() -> None:
    exact = proportion(300, 1000)
    shown = rate(exact, 1000, 20)
    assert exact.low is not None
    assert exact.high is not None
    assert [shown.value, shown.low, shown.high] == pytest.approx([0.3, 0.26, 0.34])
    assert (exact.low > 0.26, exact.high < 0.34) == (True, True)


def test_what_was_not_measured_stays_so() -> None:
    assert rate(Quantity.unresolved(5, "needs more"), 100, 10).note == "needs more"


def test_a_bound_on_epsilon_is_never_raised() -> None:
    shown = epsilon(Quantity(value=2.9, low=1.29, high=None, n=100))
    assert (shown.value, shown.low, shown.note) == (1.2, 1.2, "estimate withheld")
    assert epsilon(Quantity(value=2.9, low=1.2, high=None, n=100)).low == 1.2


def test_a_share_has_no_more_digits_than_k_records_have() -> None:
    assert share(0.98765, 1000, 10) == 0.99
    assert share(0.98765, 100, 10) == 1.0


@pytest.mark.parametrize("ties", [False, True])
def test_between_two_points_lie_k_of_each_kind(ties: bool) -> None:
    rng, k = np.random.default_rng(0), 10
    member = rng.random(500) < 0.4
    scores = rng.normal(size=500) + member
    scores = scores.round(1) if ties else scores
    points = coarse_roc(scores, member, k)
    found = np.array([point.tpr for point in points]) * member.sum()
    accused = np.array([point.fpr for point in points]) * (~member).sum()
    assert len(points) > 5
    assert (np.diff(found.round()) >= k).all()
    assert (np.diff(accused.round()) >= k).all()
    assert (points[0].fpr, points[0].tpr, points[-1].fpr, points[-1].tpr) == (0, 0, 1, 1)
