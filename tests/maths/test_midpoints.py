import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st

from miaudit.maths.midpoints import cuts_between, midpoint_above, midpoint_below

LARGEST = float(np.finfo(np.float64).max)
NUMBERS = st.floats(-LARGEST, LARGEST)


@example(-5e-324, -5e-324)
@given(NUMBERS, NUMBERS)
def test_cuts_part_any_two_numbers(one: float, other: float) -> None:
    lower, higher = np.array([min(one, other)]), np.array([max(one, other)])
    if lower < higher:
        assert lower <= midpoint_below(higher, lower) < higher
    assert (lower < midpoint_above(lower, higher) <= higher) or (midpoint_above(lower, higher) == lower == higher)


def test_neighbouring_numbers_have_no_number_between_them() -> None:
    lower, higher = np.array([1.0]), np.nextafter(np.array([1.0]), 2.0)
    assert midpoint_below(higher, lower) == lower
    assert midpoint_above(lower, higher) == higher


@given(st.lists(st.floats(-1e300, 1e300), min_size=1, max_size=12, unique=True))
def test_the_ith_cut_has_i_scores_above_it(scores: list[float]) -> None:
    falling = np.sort(np.array(scores))[::-1]
    cuts = cuts_between(falling)
    assert [int((falling > cut).sum()) for cut in cuts] == list(range(len(falling) + 1))
