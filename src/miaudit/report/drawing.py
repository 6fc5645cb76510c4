"""The parts of charts. `macros.html` writes them as SVG, `charts.css` colours them, `charts.js` lets readers explore.

Paths lie in a square of 1,000 by 1,000 units, whose origin is at the top left. The page stretches the square over the
chart; widths of lines, dots and letters are not stretched. So a chart fits screens, phones and paper without a script.
"""

from typing import NamedTuple

import numpy as np

from miaudit.arrays import Floats
from miaudit.report.axes import Axis

SIDE = 1000.0
MARGIN = 50.0  # lines end this far outside of the square, so that their ends are out of sight


class Path(NamedTuple):
    """An SVG path and the classes of `style.css` that it is drawn with."""

    d: str
    style: str


class Series(NamedTuple):
    """A part of the chart that one button of the legend shows and hides."""

    name: str
    colour: str  # a class of style.css
    shape: str  # of the legend's swatch: line, area, dots or crosses
    paths: tuple[Path, ...]


class PlotNote(NamedTuple):
    """Words at a place of the plot, which is given in per cent of its width and its height."""

    text: str
    x: float
    y: float
    style: str = ""


class Bin(NamedTuple):
    """A column of a histogram or a row of a chart, and the text that is shown while the pointer is on it."""

    x: float
    width: float
    text: str
    y: float = 0.0
    height: float = SIDE


class Plot(NamedTuple):
    """Series between two axes; the first one lies on top."""

    x: Axis
    y: Axis
    series: tuple[Series, ...]
    behind: tuple[Path, ...] = ()
    above: tuple[Path, ...] = ()
    notes: tuple[PlotNote, ...] = ()
    bins: tuple[Bin, ...] = ()

    def reading(self) -> dict[str, dict[str, float | bool | str]]:
        """What the page's script needs to turn places into numbers."""
        return {"x": _reading(self.x), "y": _reading(self.y)}


def _reading(axis: Axis) -> dict[str, float | bool | str]:
    told: dict[str, float | bool | str] = {
        "low": axis.low,
        "high": axis.high,
        "log": axis.logarithmic,
        "unit": axis.unit,
    }
    return told if axis.width is None else told | {"centre": axis.centre, "width": axis.width}


def line(x: Axis, y: Axis, at: Floats, values: Floats) -> str:
    """A line through points (k,) as SVG path data.

    >>> from miaudit.report.axes import linear
    >>> line(linear("", 0, 1), linear("", 0, 1), np.array([0.0, 1.0]), np.array([0.0, 0.5]))
    'M0 1000L1000 500'
    """
    return "M" + "L".join(f"{px:.5g} {py:.5g}" for px, py in zip(*_places(x, y, at, values, MARGIN), strict=True))


def area(x: Axis, y: Axis, at: Floats, values: Floats) -> str:
    """The area between a line through points (k,) and the low end of the upright axis."""
    foot = np.full(1, y.low)
    return line(x, y, np.r_[at[:1], at, at[-1:]], np.r_[foot, values, foot]) + "Z"


def dots(x: Axis, y: Axis, at: Floats, values: Floats) -> str:
    """Points (k,) as strokes without length, which round ends turn into dots; those out of view lie at the edge."""
    return "".join(f"M{px:.4g} {py:.4g}h0" for px, py in zip(*_places(x, y, at, values, 0), strict=True))


def crosses(x: Axis, y: Axis, at: Floats, values: Floats) -> str:
    """Points (k,) as small crosses; those out of view lie at the edge."""
    arms = "m-3-5l6 10m0-10l-6 10"
    return "".join(f"M{px:.4g} {py:.4g}{arms}" for px, py in zip(*_places(x, y, at, values, 0), strict=True))


def whisker_paths(x: Axis, y: Axis, at: Floats, values: Floats, low: Floats, high: Floats) -> list[Path]:
    """Upright lines (k,) from low to high, with a ring at each value."""
    spans = "".join(line(x, y, np.repeat(place, 2), np.array(ends)) for place, *ends in zip(at, low, high, strict=True))
    rings = dots(x, y, at, values)
    return [Path(spans, "whisker"), Path(rings, "ring"), Path(rings, "hole")]


def upright(x: Axis, at: float) -> str:
    """A line from top to bottom at one value of the horizontal axis."""
    return f"M{10 * x.percent(at):.5g} 0V{SIDE:.0f}"


def _places(x: Axis, y: Axis, at: Floats, values: Floats, margin: float) -> tuple[Floats, Floats]:
    """Places in the square, (k,) each, at most `margin` outside of it."""
    across, down = SIDE * x.place(at), SIDE * (1 - y.place(values))
    return np.clip(across, -margin, SIDE + margin), np.clip(down, -margin, SIDE + margin)
