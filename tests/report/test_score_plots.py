import numpy as np
import pytest

from miaudit.report import score_plots
from miaudit.report.histograms import Bins, Scale

UNIT = Bins(np.array([0.0, 0.5, 1.0]), Scale())
GROUPS = {"members": np.array([0.1, 0.6, 0.9]), "non-members": np.array([0.2, 0.3])}


def test_bins_tell_their_shares_and_the_legend_the_counts() -> None:
    plot = score_plots.histogram(GROUPS, UNIT, cut=0.5)
    assert [series.name for series in plot.series] == ["members (3)", "non-members (2)"]
    assert [one.text for one in plot.bins] == [
        "0 to 0.5: 33.3 % of members, 100 % of non-members",
        "0.5 to 1: 66.7 % of members, 0 % of non-members",
    ]
    assert [(one.x, one.width) for one in plot.bins] == [(0, 500), (500, 500)]


def test_outlines_are_as_high_as_the_shares() -> None:
    plot = score_plots.histogram(GROUPS, UNIT, cut=None)
    top = 1000 * (1 - 1 / 1.16)
    assert plot.series[1].paths[0].d == f"M0 1000L0 {top:.5g}L500 {top:.5g}L500 1000L1000 1000L1000 1000"


@pytest.mark.parametrize(
    ("cut", "text", "place", "side"),
    [
        (0.25, "own cut 0.25 (dashed)", 25, "after"),
        (7.0, "own cut 7 (dashed) →", 100, "before"),
        (-7.0, "← own cut −7 (dashed)", 0, "after"),
    ],
)
def test_the_cut_is_marked_and_told_in_words_where_it_is_out_of_view(
    cut: float, text: str, place: float, side: str
) -> None:
    plot = score_plots.histogram(GROUPS, UNIT, cut)
    assert plot.above[0].d == f"M{10 * place:g} 0V1000"
    assert [(note.text, note.x, note.style) for note in plot.notes] == [(text, place, side)]


@pytest.mark.parametrize("cut", [None, np.inf])
def test_without_a_cut_there_is_no_line(cut: float | None) -> None:
    plot = score_plots.histogram({"all records": np.array([0.5])}, UNIT, cut)
    assert (plot.above, plot.notes) == ((), ())


def test_scores_with_a_long_tail_are_labelled_by_score() -> None:
    bins = Bins(np.linspace(np.arcsinh(-1e3), np.arcsinh(1.0), 9), Scale(centre=0.0, width=0.001))
    plot = score_plots.histogram({"members": np.array([-0.01, 0.0])}, bins, cut=-0.01)
    assert "−0.1" in [tick.text for tick in plot.x.ticks]
    assert plot.notes[0].x == pytest.approx(100 * plot.x.place(np.arcsinh(np.array(-10.0))), abs=0.01)
    assert plot.notes[0].text == "own cut −0.01 (dashed)"


def test_a_density_that_dwarfs_the_other_makes_the_axis_logarithmic() -> None:
    grid, flat = np.arange(3.0), np.ones(3)
    assert score_plots.densities(grid, 9 * flat, flat, "loss").y.logarithmic
    assert not score_plots.densities(grid, 2 * flat, flat, "loss").y.logarithmic
    assert not score_plots.densities(grid, 9 * flat, 0 * flat, "loss").y.logarithmic  # all records in one point


def test_a_density_that_all_but_vanishes_does_not_stretch_the_axis() -> None:
    grid, flat = np.arange(3.0), np.ones(3)
    axis = score_plots.densities(grid, flat, 1e-310 * flat, "loss").y
    assert (axis.low, axis.high) == pytest.approx((1e-9, 1.3))


def test_hardness_shows_a_sample_of_many_records() -> None:
    rng = np.random.default_rng(0)
    loss, member = -rng.exponential(size=9000), np.arange(9000) < 4000
    plot = score_plots.hardness(loss, loss + 1, {"members": member, "non-members": ~member})
    assert sum(series.paths[0].d.count("M") for series in plot.series) == 3000
    assert [(series.name, series.shape) for series in plot.series] == [("members", "dots"), ("non-members", "crosses")]


def test_alike_records_lie_on_a_line_where_it_is_in_view() -> None:
    groups = {"all records": np.ones(3, dtype=bool)}
    around, above = np.array([-1.0, 0.0, 1.0]), np.array([1.0, 2.0, 3.0])
    assert score_plots.hardness(above, around, groups).behind[0].d == "M0 500L1000 500"
    assert score_plots.hardness(above, above, groups).behind == ()
