import numpy as np
import pytest

from miaudit.metrics.quantity import Quantity
from miaudit.report.axes import linear
from miaudit.report.row_plots import Mark, Measured, Row, areas, in_rows, mark, quantile_mark, rates, spanning

HALF = Quantity(value=0.5, low=0.25, high=1.0, n=10)
UNTOLD = Quantity.unresolved(3, "needs >= 100 non-members, have 3")
UNIT = linear("", 0.0, 1.0)


def test_a_mark_is_the_value_between_the_ends_of_its_interval() -> None:
    assert mark(HALF, 100) == Mark(50.0, 25.0, 100.0)
    assert mark(Quantity(value=0.5, low=None, high=0.75, n=1)) == Mark(0.5, 0.5, 0.75)
    assert mark(UNTOLD) is None


def test_marks_lie_in_the_middle_of_what_their_names_leave() -> None:
    """Two rows of 500 units: names take the upper 0.4 of each, 0.1 is left free, so one mark lies at 0.65."""
    rows = [Row("a", "0.5", "a: half", {"s": Mark(0.5, 0.25, 1.0, (0.3, 0.7))}), Row("b", "", "b: none", {})]
    plot = in_rows(UNIT, rows, {"s": "s0"}, guess=0.5)
    lines, bulk, ring, hole = plot.series[0].paths
    assert (lines.d, bulk.d) == ("M250 325L1000 325", "M300 325L700 325")
    assert ring.d == hole.d == "M500 325h0"
    assert [(note.text, note.y) for note in plot.notes] == [("a: 0.5", 0), ("b", 50)]
    assert [(each.y, each.height, each.text) for each in plot.bins] == [(0, 500, "a: half"), (500, 500, "b: none")]
    assert plot.behind[0].d == "M500 0V1000"


def test_marks_of_one_row_lie_below_each_other() -> None:
    rows = [Row("a", "", "", {"first": Mark(0.0, 0.0, 0.0), "second": Mark(1.0, 1.0, 1.0)})]
    plot = in_rows(UNIT, rows, {"first": "s0", "second": "s1"})
    assert [series.paths[-1].d for series in plot.series] == ["M0 525h0", "M1000 775h0"]
    assert plot.behind == ()


def test_long_names_are_cut_where_they_are_printed() -> None:
    row = Row("calibrated[signal=modified_entropy,center=median]", "0.6", "", {})
    (note,) = in_rows(UNIT, [row], {"s": "s0"}).notes
    assert len(note.text) <= 30 + len(": 0.6")
    assert note.text.startswith("calibrated")


def test_the_axis_spans_all_marks() -> None:
    axis = spanning("", [Row("a", "", "", {"s": Mark(3.0, 2.0, 4.0)})], also=(0.0,))
    assert (axis.low, axis.high) == pytest.approx((-0.16, 4.16))
    assert spanning("", [Row("a", "", "", {})], also=(0.5,)).high == 1.0


def test_quantiles_hold_nine_tenths_and_a_half() -> None:
    assert quantile_mark(np.arange(201.0)) == Mark(100.0, 10.0, 190.0, (50.0, 150.0))


def test_rates_are_drawn_in_per_cent_and_only_if_there_are_any() -> None:
    plot = rates([Measured("a", "s", HALF), Measured("b", "s", UNTOLD)], {"s": "s0"}, "TPR")
    assert plot is not None
    assert [note.text for note in plot.notes] == ["a: 50.0 % [25.0, 100.0]", "b: needs >= 100 non-members, have 3"]
    assert plot.x.unit == " %"
    assert plot.series[0].paths[-1].d.count("M") == 1
    assert rates([Measured("b", "s", UNTOLD), Measured("c", "s", None)], {"s": "s0"}, "TPR") is None


def test_areas_stand_beside_guessing() -> None:
    plot = areas([Measured("a", "s", HALF)], {"s": "s0"})
    assert plot.behind[0].d == f"M{10 * plot.x.percent(0.5):.5g} 0V1000"
    assert plot.notes[0].text == "a: 0.500 [0.250, 1.000]"
