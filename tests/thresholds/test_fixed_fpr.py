"""Threshold fixed_fpr."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from miaudit.thresholds.fixed_fpr import FixedFpr

both_kinds = st.lists(st.tuples(st.integers(0, 8), st.booleans()), min_size=2, max_size=25).filter(
    lambda rows: 0 < sum(member for _, member in rows) < len(rows)
)


@given(both_kinds, st.sampled_from([0.1, 0.25, 0.5]))
def test_most_members_within_the_limit(rows: list[tuple[int, bool]], limit: float) -> None:
    scores = np.array([score for score, _ in rows], dtype=float)
    member = np.array([inside for _, inside in rows])
    tried = []
    for cut in [-1.0, *scores]:
        called = scores > cut
        if np.sum(called & ~member) / np.sum(~member) <= limit:
            tried.append((np.sum(called & member), -np.sum(called & ~member)))
    chosen = FixedFpr(limit).cut(scores, member)
    called = scores > chosen.value
    assert (np.sum(called & member), -np.sum(called & ~member)) == max(tried)
    assert chosen.constraint_met == (np.sum(~member) * limit >= 1)


def test_by_hand() -> None:
    nonmembers = np.arange(100.0)
    scores = np.concatenate([nonmembers, [98.5, 97.5]])
    member = np.arange(102) >= 100
    assert FixedFpr(0.01).cut(scores, member) == (98.25, True, "1 of 100 non-members")
    assert FixedFpr(0.02).cut(scores, member) == (97.25, True, "2 of 100 non-members")
    assert FixedFpr(0.1).cut(scores, member).rests_on == ""


def test_too_few_nonmembers_cannot_meet_it() -> None:
    chosen = FixedFpr(0.01).cut(np.array([2.0, 1.0, 0.0]), np.array([True, False, False]))
    assert chosen == (1.5, False, "0 of 2 non-members")
