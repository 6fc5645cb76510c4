import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from miaudit.report.axes import AxisTick, linear, logarithmic

ENDS = st.tuples(st.floats(-1e6, 1e6), st.floats(1e-6, 1e6)).filter(lambda ends: ends[1] > 1e-9 * abs(ends[0]))


def test_places_on_a_linear_axis() -> None:
    axis = linear("", -1, 3)
    assert axis.place(np.array([-1.0, 0.0, 3.0, 7.0])).tolist() == [0.0, 0.25, 1.0, 2.0]
    assert axis.percent(7.0) == 100


def test_a_logarithmic_axis_is_labelled_at_powers_of_ten() -> None:
    axis = logarithmic("", 0.05, 101, " %")
    assert [tick.text for tick in axis.ticks] == ["0.1 %", "1 %", "10 %", "100 %"]
    assert axis.place(np.array([0.05, 101, 0.0])) == pytest.approx([0, 1, -1])


@given(ENDS)
def test_ticks_of_any_range_are_few_rising_within_it_and_told_apart(ends: tuple[float, float]) -> None:
    low, size = ends
    axis = linear("", low, low + size)
    at = [tick.at for tick in axis.ticks]
    assert 2 <= len(at) <= 6
    assert at == sorted(at)
    assert low - 1e-6 * size <= at[0]
    assert at[-1] <= low + size + 1e-6 * size
    assert len({tick.text for tick in axis.ticks}) == len(at)


def test_ticks_have_a_true_minus_and_no_needless_digits() -> None:
    assert [tick.text for tick in linear("", -0.4, 0.2).ticks] == ["−0.4", "−0.2", "0.0", "0.2"]
    assert [tick.text for tick in linear("", 0, 1e7).ticks][:2] == ["0", "2e6"]


def test_many_powers_of_ten_are_labelled_in_steps_from_the_highest() -> None:
    texts = [tick.text for tick in logarithmic("", 1e-20, 1.0).ticks]
    assert len(texts) <= 8
    assert texts[-1] == "1"


def test_given_ticks_are_kept() -> None:
    assert linear("", 0, 1, ticks=[AxisTick(0.5, "half")]).ticks == (AxisTick(0.5, "half"),)
