import numpy as np
import pytest

from miaudit.report import palette, plots
from miaudit.report.curves import Curve
from miaudit.report.histograms import Bins, Scale
from miaudit.report.palette import SERIES, light_to_dark

HOSTILE = "<a href='x'>&</a>"


def straight(name: str = "loss") -> dict[str, Curve]:
    return {name: Curve(np.array([0.0, 0.0, 0.5, 1.0]), np.array([0.0, 0.2, 0.7, 1.0]))}


def test_roc_shades_what_cannot_be_told() -> None:
    figure = plots.roc(straight(), members=100, nonmembers=200)
    shade = next(shape for shape in figure.layout.shapes if shape.type == "rect")
    assert shade.x1 == pytest.approx(0.5)  # per cent: one of 200
    assert figure.layout.xaxis.type == figure.layout.yaxis.type == "log"


def test_roc_has_the_diagonal_and_starts_at_the_best_without_a_false_alarm() -> None:
    figure = plots.roc(straight(), members=100, nonmembers=200)
    traces = {trace.name: trace for trace in figure.data}
    assert list(traces["guessing"].x) == list(traces["guessing"].y)
    assert list(traces["loss"].x) == [0.125, 50.0, 100.0]  # 0 has no place on a logarithmic axis
    assert list(traces["loss"].y) == [20.0, 70.0, 100.0]


def test_whiskers_reach_from_low_to_high() -> None:
    figure = plots.roc(straight(), 100, 200, (plots.Whisker(0.01, 0.3, 0.2, 0.45),))
    bars = next(trace for trace in figure.data if trace.name == "interval")
    assert (bars.x[0], bars.y[0]) == (1.0, 30.0)
    assert (bars.error_y.array[0], bars.error_y.arrayminus[0]) == pytest.approx((15.0, 10.0))


def test_the_first_attack_lies_on_top_and_leads_the_legend() -> None:
    curves = {f"attack{place}": straight()["loss"] for place in range(10)}
    figure = plots.roc(curves, 100, 200)
    lines = [trace for trace in figure.data if trace.name != "guessing"]
    assert (lines[-1].name, lines[-1].legendrank) == ("attack0", 0)
    assert len({line.line.color for line in lines}) == len(SERIES) + 1  # the rest share a grey


def test_names_are_escaped_for_plotly_and_kept_for_the_legend() -> None:
    figure = plots.precision_recall(straight(HOSTILE), 0.5)
    trace = figure.data[0]
    assert "<" not in trace.name
    assert trace.meta == HOSTILE


def test_histogram_bars_add_up_and_the_cut_is_marked() -> None:
    groups = {"members": np.array([0.1, 0.6, 0.9]), "non-members": np.array([0.2, 0.3])}
    figure = plots.histogram(groups, Bins(np.array([0.0, 0.5, 1.0]), Scale()), cut=0.5)
    bars = [trace for trace in figure.data if trace.type == "bar"]
    assert [list(trace.y) for trace in bars] == [pytest.approx([33.333, 66.667]), [100.0, 0.0]]
    assert [trace.meta for trace in bars] == ["members (3)", "non-members (2)"]
    assert figure.layout.shapes[0].x0 == 0.5
    assert figure.layout.annotations[0].text == "cut 0.5"


@pytest.mark.parametrize(("cut", "text", "place"), [(7.0, "cut 7 →", 1.0), (-7.0, "← cut −7", 0.0)])
def test_a_cut_outside_of_the_view_is_told_in_words(cut: float, text: str, place: float) -> None:
    bins = Bins(np.array([0.0, 1.0]), Scale())
    figure = plots.histogram({"all records": np.array([0.5])}, bins, cut)
    assert figure.layout.annotations[0].text == text
    assert figure.layout.shapes[0].x0 == place


@pytest.mark.parametrize("cut", [None, np.inf])
def test_without_a_cut_there_is_no_line(cut: float | None) -> None:
    bins = Bins(np.array([0.0, 1.0]), Scale())
    assert not plots.histogram({"all records": np.array([0.5])}, bins, cut).layout.shapes


def test_hardness_shows_a_sample_of_many_records() -> None:
    rng = np.random.default_rng(0)
    loss, member = -rng.exponential(size=9000), np.arange(9000) < 4000
    figure = plots.hardness(loss, loss + 1, {"members": member, "non-members": ~member})
    assert sum(len(trace.x) for trace in figure.data) == 3000
    assert {trace.meta for trace in figure.data} == {"members", "non-members"}


def test_every_colour_of_a_figure_has_its_dark_twin() -> None:
    groups = {"members": np.array([0.1]), "non-members": np.array([0.2])}
    curves = {f"attack{place}": straight()["loss"] for place in range(9)}
    masks = {"members": np.array([True, False]), "non-members": np.array([False, True])}
    figures = [
        plots.roc(curves, 10, 10, (plots.Whisker(0.1, 0.3, 0.2, 0.4),)),
        plots.histogram(groups, Bins(np.array([0.0, 1.0]), Scale()), 0.5),
        plots.densities(np.arange(3.0), np.ones(3), np.ones(3), "loss"),
        plots.hardness(np.zeros(2), np.ones(2), masks),
    ]
    known = set(light_to_dark())
    for figure in figures:
        assert colours(figure.to_plotly_json()) <= known


def colours(node: object) -> set[str]:
    """Every colour in Plotly's JSON, without its alpha."""
    if isinstance(node, dict):
        own = {value[:7] for key, value in node.items() if key.endswith("color") and isinstance(value, str)}
        return own.union(*(colours(value) for value in node.values()))
    if isinstance(node, list | tuple):
        return set().union(*(colours(value) for value in node))
    return set()


def test_light_colours_have_one_role_each() -> None:
    roles = (*SERIES, palette.MEMBER, palette.NONMEMBER, palette.INK, palette.PAPER)
    assert len({role.light for role in roles}) == len(roles)


def test_a_density_that_dwarfs_the_other_makes_the_axis_logarithmic() -> None:
    grid, flat = np.arange(3.0), np.ones(3)
    assert plots.densities(grid, 9 * flat, flat, "loss").layout.yaxis.type == "log"
    assert plots.densities(grid, 2 * flat, flat, "loss").layout.yaxis.type is None
    assert plots.densities(grid, 9 * flat, 0 * flat, "loss").layout.yaxis.type is None  # all records in one point


def test_scores_with_a_long_tail_are_labelled_by_score() -> None:
    bins = Bins(np.linspace(-8, 1, 10), Scale(centre=0.0, width=0.001))
    figure = plots.histogram({"all records": np.array([-1.0, -0.001, 0.0])}, bins, cut=-0.01)
    assert "−1" in figure.layout.xaxis.ticktext
    assert figure.layout.shapes[0].x0 == pytest.approx(np.arcsinh(-10))
    assert figure.layout.annotations[0].text == "cut −0.01"
