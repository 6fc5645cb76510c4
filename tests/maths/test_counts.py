import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from miaudit.maths.counts import counts, tally

ROWS = st.lists(st.tuples(st.integers(-3, 3), st.booleans()), min_size=1, max_size=30)


@given(ROWS)
def test_counts_are_those_of_a_loop(rows: list[tuple[int, bool]]) -> None:
    scores, member = np.array([float(score) for score, _ in rows]), np.array([inside for _, inside in rows])
    found = counts(scores, member)
    assert found.scores.tolist() == sorted(set(scores.tolist()), reverse=True)
    for score, tp, fp in zip(*found, strict=True):
        assert (tp, fp) == (sum(member[scores >= score]), sum(~member[scores >= score]))


def test_no_records_have_no_counts() -> None:
    assert [len(part) for part in counts(np.zeros(0), np.zeros(0, dtype=bool))] == [0, 0, 0]


def test_the_tally_by_hand() -> None:
    called, member = np.array([1, 1, 1, 0, 0, 0, 0], dtype=bool), np.array([1, 1, 0, 1, 0, 0, 0], dtype=bool)
    assert tally(called, member) == (2, 1, 3, 1)
