"""Balanced accuracy and confusion."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from miaudit.metrics.accuracy import balanced_accuracy, confusion, precision, recall
from miaudit.metrics.intervals import clopper_pearson

both_kinds = st.lists(st.tuples(st.integers(0, 6), st.booleans()), min_size=2, max_size=40).filter(
    lambda rows: 0 < sum(member for _, member in rows) < len(rows)
)


@given(both_kinds)
def test_value_is_the_best_over_every_cut(rows: list[tuple[int, bool]]) -> None:
    scores = np.array([score for score, _ in rows], dtype=float)
    member = np.array([inside for _, inside in rows])
    tried = []
    for cut in [-1.0, *scores]:
        called = scores > cut
        tried.append((called[member].mean() + (~called[~member]).mean()) / 2)
    found = balanced_accuracy(scores, member)
    assert found.value == pytest.approx(max(tried))
    assert 0.5 <= (found.low or 0) <= (found.value or 0) <= (found.high or 0) <= 1.0


def test_noise_is_no_advantage_though_the_best_cut_has_one() -> None:
    rng = np.random.default_rng(0)
    member = np.arange(400) < 200
    found = [balanced_accuracy(rng.normal(size=400), member) for _ in range(300)]
    assert np.mean([one.value or 0 for one in found]) > 0.52  # the best cut was chosen on the same records
    assert np.mean([(one.low or 0) > 0.5 for one in found]) <= 0.05


def test_interval_covers_the_best_cut_of_the_population() -> None:
    rng = np.random.default_rng(1)
    member = np.arange(400) < 200
    truth = 0.691462  # Phi(1/2), the best cut between N(1, 1) and N(0, 1)
    covered = 0
    for _ in range(300):
        found = balanced_accuracy(rng.normal(size=400) + member, member)
        covered += (found.low or 0) <= truth <= (found.high or 0)
    assert covered >= 279


def test_confusion_at_a_cut() -> None:
    scores = np.array([4.0, 3.0, 2.0, 1.0, 3.0])
    member = np.array([True, True, False, True, False])
    found = confusion(scores, member, 2.0)
    assert found == (2, 1, 1, 1)
    of_members, of_called = recall(found), precision(found)
    assert (of_members.value, of_members.n) == (2 / 3, 3)
    assert of_called is not None
    assert (of_called.value, of_called.low, of_called.high) == (2 / 3, *clopper_pearson(2, 3))


def test_score_at_the_cut_is_no_member_and_no_prediction_has_no_precision() -> None:
    found = confusion(np.array([1.0, 1.0]), np.array([True, False]), 1.0)
    assert found == (0, 0, 1, 1)
    assert precision(found) is None
