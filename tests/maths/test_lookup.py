import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from miaudit.maths.lookup import positions_of

NUMBERS = st.lists(st.integers(-5, 5), min_size=1, max_size=12)


@given(NUMBERS, NUMBERS)
def test_positions_are_those_of_a_search(wanted: list[int], among: list[int]) -> None:
    expected = [among.index(value) if value in among else -1 for value in wanted]
    assert positions_of(np.array(wanted), np.array(among)).tolist() == expected
