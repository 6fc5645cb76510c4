"""Exposure against difficulty."""

import numpy as np
import pytest

from miaudit.metrics.hardness import difficulty, kinds, tpr_by_hardness
from miaudit.metrics.roc import tpr_at_fpr


@pytest.mark.parametrize(("classes", "threshold"), [(2, -5.0), (10, -10.0), (100, -10.0)])
def test_groups_are_split_as_in_the_paper(classes: int, threshold: float) -> None:
    rng = np.random.default_rng(0)
    member = np.arange(800) < 400
    reference = np.where(np.arange(800) % 2 == 0, threshold + 0.01, threshold)  # on the threshold: hard
    scores = rng.normal(size=800) + np.where(reference > threshold, 3, 1) * member
    found = tpr_by_hardness(scores, member, reference, classes)
    easy = np.arange(800) % 2 == 0
    assert found.threshold == threshold
    assert found.easy == tpr_at_fpr(scores[easy], member[easy], 0.01)
    assert found.hard == tpr_at_fpr(scores[~easy], member[~easy], 0.01)
    assert (found.easy.value or 0) > (found.hard.value or 0)


def test_empty_or_small_group_says_what_it_needs() -> None:
    member = np.arange(300) < 150
    found = tpr_by_hardness(np.zeros(300), member, np.zeros(300), 10)
    assert found.hard.text() == "needs >= 1 member, have 0"
    few = tpr_by_hardness(np.zeros(300), member, np.where(np.arange(300) % 10 == 0, -20.0, 0.0), 10)
    assert few.hard.text() == "needs >= 100 non-members, have 15"


def test_difficulty_of_exposed_and_hidden_members() -> None:
    member = np.array([True, True, True, True, False, False])
    called = np.array([True, False, True, False, True, False])
    found = difficulty(member, called, np.array([4.0, 1.0, 2.0, 0.0, 9.0, 9.0]))
    assert found.exposed.tolist() == [2.0, 4.0]
    assert found.hidden.tolist() == [0.0, 1.0]
    assert (found.mean_exposed.value, found.mean_hidden.value) == (3.0, 0.5)
    assert found.harder.value == 1.0


def test_no_exposed_member() -> None:
    found = difficulty(np.ones(3, dtype=bool), np.zeros(3, dtype=bool), np.arange(3.0))
    assert found.mean_exposed.value is None
    assert found.harder.text() == "needs exposed and hidden members, have 0 and 3"


def test_a_limit_of_ones_own_parts_the_records() -> None:
    """Of 100 members above 0 half score above all non-members there, of those below all do."""
    scores = np.r_[np.repeat([2.0, 0.0], 50), np.full(100, 3.0), np.ones(100), np.full(100, 2.5)]
    member = np.arange(400) < 200
    reference = np.tile(np.repeat([1.0, -1.0], 100), 2)
    by = tpr_by_hardness(scores, member, reference, classes=2, easy_above=0.0)
    assert (by.easy.value, by.hard.value, by.threshold) == (0.5, 1.0, 0.0)


def test_every_record_is_of_one_of_five_kinds() -> None:
    """In turn: easy, memorised, unknown to both, known to the references alone; the last one's truth is unknown."""
    score = np.log([0.9, 0.9, 0.1, 0.1, 0.9])
    reference = np.log([0.8, 0.1, 0.1, 0.9, 0.8])
    all_members, nobody = np.array([True] * 4 + [False]), np.zeros(5, dtype=bool)
    inside = kinds(all_members, nobody, score, reference)
    outside = kinds(nobody, all_members, score, reference)
    assert np.flatnonzero(inside.easy_members).tolist() == [0]
    assert np.flatnonzero(inside.hard_members).tolist() == [1, 2, 3]
    assert np.flatnonzero(outside.easy_nonmembers).tolist() == [0]
    assert np.flatnonzero(outside.hard_to_calibrate).tolist() == [1]
    assert np.flatnonzero(outside.hard_nonmembers).tolist() == [2, 3]
    assert np.sum(inside, axis=0).tolist() == np.sum(outside, axis=0).tolist() == [1, 1, 1, 1, 0]
