"""Tests of the places of records, against slow obvious counts."""

import numpy as np

from decisions_examples import saved
from miaudit.decisions.exposed import known_records
from miaudit.decisions.standings import as_high, standings


def test_ranks_ties_and_others_as_high_are_those_counted_one_by_one() -> None:
    rng = np.random.default_rng(0)
    scores = rng.integers(0, 30, 600) * 1.0
    records = known_records(saved(lira=scores))
    found = standings(records, None)
    by = found.attacks["lira"]
    others = ~records.member
    for row in range(0, 600, 7):
        rest = np.arange(600) != row
        assert by.rank[row] == 1 + (scores > scores[row]).sum()
        assert by.tied[row] == (scores[rest] == scores[row]).sum()
        assert by.as_high[row] == (scores[rest & others] >= scores[row]).sum()
        assert found.others[row] == (rest & others).sum()
    assert found.naming is None


def test_the_hardest_record_has_all_others_above_it() -> None:
    records = known_records(saved())
    found = standings(records, 0.9)
    assert records.reference_loss is not None
    assert found.harder_than is not None
    assert found.harder_than[records.reference_loss.argmin()] == 599 / 600
    assert found.harder_than.min() == 0.0
    assert found.naming is not None


def test_a_non_member_is_not_compared_with_itself() -> None:
    assert as_high(np.array([1.0, 1.0, 0.0]), np.array([True, False, False])).tolist() == [1, 0, 1]
