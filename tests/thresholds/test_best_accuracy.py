"""Threshold best_accuracy."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from miaudit.thresholds.best_accuracy import BestAccuracy

both_kinds = st.lists(st.tuples(st.integers(0, 5), st.booleans()), min_size=2, max_size=25).filter(
    lambda rows: 0 < sum(member for _, member in rows) < len(rows)
)


@given(both_kinds)
def test_no_cut_is_better_and_of_equals_none_has_fewer_false_positives(rows: list[tuple[int, bool]]) -> None:
    scores = np.array([score for score, _ in rows], dtype=float)
    member = np.array([inside for _, inside in rows])

    def merit(cut: float) -> tuple[float, int]:
        called = scores > cut
        balanced = called[member].mean() + (~called[~member]).mean()
        return round(balanced, 9), -int(np.sum(called & ~member))

    chosen = BestAccuracy().cut(scores, member)
    assert chosen.constraint_met
    assert merit(chosen.value) == max(merit(cut) for cut in [-1.0, *scores])


def test_cut_lies_midway() -> None:
    assert BestAccuracy().cut(np.array([4.0, 3.0, 1.0]), np.array([True, True, False])).value == 2.0


def test_kinds_weigh_the_same_whatever_their_number() -> None:
    scores = np.array([1.0, 1.0, 1.0, 1.0, 0.0, 1.0, 0.0])
    member = np.array([True, True, True, True, True, False, False])
    assert BestAccuracy().cut(scores, member).value == pytest.approx(0.5)  # all members: right in 5 of 7
