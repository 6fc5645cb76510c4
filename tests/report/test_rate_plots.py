import re

import numpy as np
import pytest

from miaudit.arrays import Floats
from miaudit.report import rate_plots
from miaudit.report.curves import Curve
from miaudit.report.drawing import Plot


def straight(name: str = "loss") -> dict[str, Curve]:
    return {name: Curve(np.array([0.0, 0.0, 0.5, 1.0]), np.array([0.0, 0.2, 0.7, 1.0]))}


def values(plot: Plot, series: int, path: int = 0) -> Floats:
    """The points of a path as numbers on the axes, (k, 2)."""
    places = np.array(re.findall(r"[ML](\S+?) ([\d.]+)", plot.series[series].paths[path].d), dtype=float) / 1000
    shares = np.c_[places[:, 0], 1 - places[:, 1]]
    ends = np.array([(axis.low, axis.high) for axis in (plot.x, plot.y)])
    if plot.x.logarithmic:
        return np.exp(np.log(ends[:, 0]) + shares * np.log(ends[:, 1] / ends[:, 0]))
    return ends[:, 0] + shares * (ends[:, 1] - ends[:, 0])


def test_roc_shades_what_cannot_be_told() -> None:
    plot = rate_plots.roc(straight(), members=100, nonmembers=200)
    shade = next(path for path in plot.behind if path.style == "shade")
    edge = float(re.findall(r"H([\d.]+)V", shade.d)[0]) / 1000
    assert plot.x.low * (plot.x.high / plot.x.low) ** edge == pytest.approx(0.5, rel=1e-3)  # per cent: one of 200
    assert [note.text for note in plot.notes] == ["not measurable"]


def test_roc_starts_at_the_best_without_a_false_alarm() -> None:
    plot = rate_plots.roc(straight(), members=100, nonmembers=200)
    expected = [[0.125, 20.0], [50.0, 70.0], [100.0, 100.0]]  # 0 has no place on a logarithmic axis
    assert values(plot, 0) == pytest.approx(np.array(expected), rel=5e-3)


def test_the_diagonal_is_guessing_on_both_kinds_of_axes() -> None:
    for plot in (rate_plots.roc(straight(), 100, 200), rate_plots.linear_roc(straight())):
        assert plot.series[-1].name == "guessing"
        diagonal = values(plot, -1)
        assert diagonal[:, 0] == pytest.approx(diagonal[:, 1], rel=1e-2)


def test_linear_axes_show_the_curve_from_its_origin() -> None:
    plot = rate_plots.linear_roc(straight())
    assert values(plot, 0) == pytest.approx(np.array([[0, 0], [0, 20], [50, 70], [100, 100]]), abs=0.05)


def test_whiskers_reach_from_low_to_high() -> None:
    plot = rate_plots.roc(straight(), 100, 200, (rate_plots.Whisker(0.01, 0.3, 0.2, 0.45),))
    styles = [path.style for path in plot.series[0].paths]
    assert styles == ["line told", "whisker", "ring", "hole"]
    assert values(plot, 0, 1) == pytest.approx(np.array([[1.0, 20.0], [1.0, 45.0]]), rel=1e-2)
    assert values(plot, 0, 2) == pytest.approx(np.array([[1.0, 30.0]]), rel=1e-2)


def test_whiskers_may_reach_down_to_zero() -> None:
    plot = rate_plots.roc(straight(), 100, 200, (rate_plots.Whisker(0.01, 0.3, 0.0, 0.45),))
    assert "M" in plot.series[0].paths[1].d


def test_the_first_attack_leads_and_the_rest_share_a_grey() -> None:
    curves = {f"attack{place}": straight()["loss"] for place in range(10)}
    attacks = rate_plots.roc(curves, 100, 200).series[:-1]
    assert attacks[0].name == "attack0"
    assert [series.colour for series in attacks] == [*rate_plots.COLOURS, "rest", "rest", "rest"]


def test_guessing_is_right_as_often_as_members_are_there() -> None:
    plot = rate_plots.precision_recall(straight(), prevalence=0.4)
    assert values(plot, -1) == pytest.approx(np.array([[0, 40], [100, 40]]), abs=0.1)
    assert plot.y.low == 0.0  # below the lowest precision, not below 0
