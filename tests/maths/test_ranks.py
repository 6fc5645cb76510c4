import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import rankdata

from miaudit.arrays import Bools, Floats
from miaudit.maths.ranks import area, standing, wins


@st.composite
def scored(draw: st.DrawFn) -> tuple[Floats, Bools]:
    """Scores with many ties, and one record of each kind or more."""
    scores = draw(st.lists(st.integers(0, 4), min_size=2, max_size=20))
    member = draw(st.permutations([True, False, *draw(st.lists(st.booleans(), max_size=18))]))
    size = min(len(scores), len(member))
    inside = np.array(member[:size])
    inside[:2] = True, False
    return np.array(scores[:size], dtype=np.float64), inside


@given(scored())
def test_wins_are_those_of_all_pairs(given: tuple[Floats, Bools]) -> None:
    scores, member = given
    inside, outside = scores[member], scores[~member]
    above = (inside[:, None] > outside) + 0.5 * (inside[:, None] == outside)
    found = wins(scores, member)
    np.testing.assert_array_equal(found.members, above.sum(axis=1))
    np.testing.assert_array_equal(found.nonmembers, (1.0 - above).sum(axis=0))


@given(scored())
def test_the_area_is_the_share_of_the_pairs_that_are_won(given: tuple[Floats, Bools]) -> None:
    scores, member = given
    pairs = int(member.sum()) * int((~member).sum())
    found = wins(scores, member)
    assert area(rankdata(scores), member) == found.area == found.members.sum() / pairs


def test_areas_of_columns_are_those_of_each_column() -> None:
    rng = np.random.default_rng(0)
    columns, member = rng.integers(0, 5, size=(40, 3)).astype(np.float64), np.arange(40) % 3 == 0
    expected = [area(rankdata(column), member) for column in columns.T]
    np.testing.assert_array_equal(area(rankdata(columns, axis=0), member), expected)


def test_equal_scores_share_a_rank() -> None:
    scores = np.array([2.0, 5.0, 2.0, 1.0, 2.0])
    assert [standing(scores, place) for place in range(5)] == [(2, 2), (1, 0), (2, 2), (5, 0), (2, 2)]
