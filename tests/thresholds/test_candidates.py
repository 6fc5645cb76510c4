"""The cuts that rules choose from."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from miaudit.errors import UserError
from miaudit.thresholds._candidates import candidates

both_kinds = st.lists(st.tuples(st.floats(-1e300, 1e300), st.booleans()), min_size=2, max_size=30).filter(
    lambda rows: 0 < sum(member for _, member in rows) < len(rows)
)


@given(both_kinds)
def test_counts_are_of_records_strictly_above(rows: list[tuple[float, bool]]) -> None:
    scores = np.array([score for score, _ in rows])
    member = np.array([inside for _, inside in rows])
    found = candidates(scores, member)
    assert len(found.cuts) == len(np.unique(scores)) + 1
    for cut, tp, fp in zip(found.cuts, found.tp, found.fp, strict=True):
        assert (tp, fp) == (np.sum((scores > cut) & member), np.sum((scores > cut) & ~member))


def test_cuts_are_midpoints_and_ends() -> None:
    found = candidates(np.array([1.0, 3.0, 3.0, 7.0]), np.array([True, False, True, True]))
    assert found.cuts[:3].tolist() == [7.0, 5.0, 2.0]
    assert found.cuts[3] < 1.0


def test_neighbouring_floats_are_parted() -> None:
    low, high = 1.0, np.nextafter(1.0, 2.0)
    found = candidates(np.array([low, high]), np.array([False, True]))
    assert found.cuts[1] == low


@pytest.mark.parametrize(("inside", "said"), [(True, "3 members and 0"), (False, "0 members and 3")])
def test_one_kind_is_refused(inside: bool, said: str) -> None:
    with pytest.raises(UserError, match=said):
        candidates(np.zeros(3), np.full(3, inside))


def test_scores_that_are_not_finite_are_refused() -> None:
    with pytest.raises(UserError, match="finite"):
        candidates(np.array([0.0, np.nan]), np.array([True, False]))
