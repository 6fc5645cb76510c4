"""Charts of rates: the ROC curve, precision and recall. Rates are drawn in per cent."""

from typing import NamedTuple

import numpy as np

from miaudit.arrays import Floats
from miaudit.presenter import PER_CENT
from miaudit.report.axes import Axis, linear, logarithmic
from miaudit.report.curves import Curve
from miaudit.report.drawing import Path, Plot, PlotNote, Series, line, upright, whisker_paths

COLOURS = ("s0", "s1", "s2", "s3", "s4", "s5", "s6")  # the attacks after these share one grey


class Whisker(NamedTuple):
    """A rate with its interval at one place of a chart's horizontal axis."""

    x: float
    value: float
    low: float
    high: float


def roc(curves: dict[str, Curve], members: int, nonmembers: int, whiskers: tuple[Whisker, ...] = ()) -> Plot:
    """ROC curves on logarithmic axes, the strongest attack first; `whiskers` belong to the first curve.

    The chart is shaded left of 1 / `nonmembers`: no false positive rate there can be distinguished from zero.
    """
    left, floor = 25 / nonmembers, 50 / members
    x = logarithmic("False positive rate", left, 101, PER_CENT)
    y = logarithmic("True positive rate", floor, 107, PER_CENT)
    seen = {name: _without_zeros(curve, left, floor) for name, curve in curves.items()}
    limit = min(100 / nonmembers, 100.0)
    edge = 10 * x.percent(limit)
    shade = Path(f"M0 0H{edge:.5g}V1000H0Z", "shade")
    note = PlotNote("not measurable", x.percent(np.sqrt(left * limit)), 2, "upright")
    ends = np.array([max(left, floor), 100.0])
    return Plot(
        x,
        y,
        series=(*_series(x, y, seen, whiskers), _guessing(x, y, ends, ends)),
        behind=(shade, Path(upright(x, limit), "rule dotted")),
        notes=(note,),
    )


def linear_roc(curves: dict[str, Curve], whiskers: tuple[Whisker, ...] = ()) -> Plot:
    """ROC curves on linear axes, the strongest attack first; `whiskers` belong to the first curve."""
    x = linear("False positive rate", 0, 100.4, PER_CENT)
    y = linear("True positive rate", 0, 101, PER_CENT)
    ends = np.array([0.0, 100.0])
    return Plot(x, y, (*_series(x, y, curves, whiskers), _guessing(x, y, ends, ends)))


def precision_recall(curves: dict[str, Curve], prevalence: float) -> Plot:
    """Precision against recall; the dashed line is guessing, at the members' share of the records."""
    lowest = min([prevalence, *(float(curve.y.min()) for curve in curves.values())])
    x = linear("Recall: share of all members found", 0, 100.4, PER_CENT)
    y = linear("Precision: share of claims that are right", max(0.0, 100 * lowest - 5), 102, PER_CENT)
    guess = _guessing(x, y, np.array([0.0, 100.0]), np.full(2, 100 * prevalence))
    return Plot(x, y, (*_series(x, y, curves), guess))


def _without_zeros(curve: Curve, left: float, floor: float) -> Curve:
    """The curve from its last point without a false alarm on; zeros are moved to `left` and `floor`, in per cent."""
    start = max(int(np.sum(curve.x == 0)) - 1, 0)
    return Curve(np.maximum(curve.x, left / 100)[start:], np.maximum(curve.y, floor / 100)[start:])


def _series(x: Axis, y: Axis, curves: dict[str, Curve], whiskers: tuple[Whisker, ...] = ()) -> tuple[Series, ...]:
    """One series for each attack; `whiskers` belong to the first."""
    found = []
    for place, (name, curve) in enumerate(curves.items()):
        colour = COLOURS[place] if place < len(COLOURS) else "rest"
        paths = [Path(line(x, y, 100 * curve.x, 100 * curve.y), "line told")]
        if whiskers and place == 0:
            paths += whisker_paths(x, y, *(100 * np.array(whiskers).T))
        found.append(Series(name, colour, "line", tuple(paths)))
    return tuple(found)


def _guessing(x: Axis, y: Axis, at: Floats, values: Floats) -> Series:
    return Series("guessing", "guide", "line", (Path(line(x, y, at, values), "line"),))
