"""Charts with one row for each attack, class or group: intervals of a number, or quantiles of scores."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from miaudit.arrays import Floats
from miaudit.messages import cut
from miaudit.metrics.quantity import Quantity
from miaudit.presenter import NOTHING, PER_CENT, Printed, quantity, rate
from miaudit.report.axes import Axis, linear
from miaudit.report.drawing import SIDE, Bin, Path, Plot, PlotNote, Series, dots, line, upright

HEAD, FOOT = 0.4, 0.1  # of a row's height, above its marks for its name, and below them
LONGEST = 30  # characters of a name; its full form is shown under the pointer
GUESSED_AUC, GUESSED_RATE = 0.5, 1.0  # the rate in per cent
QUANTILES = (5.0, 25.0, 50.0, 75.0, 95.0)


class Mark(NamedTuple):
    """A value with a line from `low` to `high` around it, which is thick over `bulk`."""

    at: float
    low: float
    high: float
    bulk: tuple[float, float] | None = None


class Row(NamedTuple):
    """One row of a chart."""

    name: str
    numbers: str  # printed behind the name; may be empty
    told: str  # everything about it, shown under the pointer
    marks: Mapping[str, Mark]  # by series; those that were not measured are left out


def mark(measured: Quantity, times: float = 1.0) -> Mark | None:
    """The measured value with its interval, both multiplied; None where it has no value."""
    if measured.value is None:
        return None
    low, high = (measured.value if end is None else end for end in (measured.low, measured.high))
    return Mark(times * measured.value, times * low, times * high)


def quantile_mark(values: Floats) -> Mark:
    """The median of values (n,), the central half and the central nine tenths.

    >>> quantile_mark(np.arange(101.0))
    Mark(at=50.0, low=5.0, high=95.0, bulk=(25.0, 75.0))
    """
    low, quarter, middle, three_quarters, high = (float(value) for value in np.percentile(values, QUANTILES))
    return Mark(middle, low, high, (quarter, three_quarters))


class Measured(NamedTuple):
    """A quantity with the name of its row and of its series; None where it was not measured."""

    name: str
    series: str
    quantity: Quantity | None


def areas(found: Sequence[Measured], colours: Mapping[str, str]) -> Plot:
    """AUCs with their intervals, one row each.

    Args:
        found: at least one.
        colours: the series in the order of the legend, each with its class of the style sheet.
    """
    rows = [
        _measured(each, 1.0, Printed(note=NOTHING) if each.quantity is None else quantity(each.quantity))
        for each in found
    ]
    return in_rows(spanning("AUC", rows, also=(GUESSED_AUC,)), rows, colours, GUESSED_AUC)


def rates(found: Sequence[Measured], colours: Mapping[str, str], title: str) -> Plot | None:
    """Shares of the members found at 1 % FPR with their intervals; None where none was measured.

    Args:
        found: at least one.
        colours: the series in the order of the legend, each with its class of the style sheet.
        title: of the axis.
    """
    rows = [_measured(each, 100.0, rate(each.quantity)) for each in found]
    if not any(row.marks for row in rows):
        return None
    return in_rows(spanning(title, rows, PER_CENT, also=(0.0, GUESSED_RATE)), rows, colours, GUESSED_RATE)


def _measured(found: Measured, times: float, printed: Printed) -> Row:
    drawn = None if found.quantity is None else mark(found.quantity, times)
    text = printed.text()
    return Row(found.name, text, f"{found.name}: {text}", {} if drawn is None else {found.series: drawn})


def spanning(title: str, rows: Sequence[Row], unit: str = "", also: Sequence[float] = ()) -> Axis:
    """A linear axis that shows all marks of the rows, and these values."""
    ends = [end for row in rows for each in row.marks.values() for end in (each.low, each.high)]
    low, high = min([*ends, *also]), max([*ends, *also])
    margin = 0.04 * (high - low) or 0.5
    return linear(title, low - margin, high + margin, unit)


def in_rows(x: Axis, rows: Sequence[Row], colours: Mapping[str, str], guess: float | None = None) -> Plot:
    """Draw the marks of each row below its name, the first row at the top.

    Args:
        x: the axis of the values.
        rows: at least one.
        colours: the series in the order of the legend, each with its class of the style sheet.
        guess: where a dotted upright line stands, the value of guessing; None for no line.
    """
    y = Axis("", 0.0, float(len(rows)), ())
    series = tuple(Series(name, colour, "line", _marks(x, y, rows, name)) for name, colour in colours.items())
    behind = () if guess is None else (Path(upright(x, guess), "rule dotted"),)
    height = SIDE / len(rows)
    return Plot(
        x,
        y,
        series,
        behind=behind,
        notes=tuple(PlotNote(_label(row), 0, round(100 * place / len(rows), 2)) for place, row in enumerate(rows)),
        bins=tuple(
            Bin(0, SIDE, row.told, round(place * height, 2), round(height, 2)) for place, row in enumerate(rows)
        ),
    )


def _marks(x: Axis, y: Axis, rows: Sequence[Row], series: str) -> tuple[Path, ...]:
    """A series' marks in all rows; none where it has none."""
    places = {
        len(rows) - place - _lane(row, series): row.marks[series]
        for place, row in enumerate(rows)
        if series in row.marks
    }
    if not places:
        return ()
    lines = "".join(_level(x, y, height, each.low, each.high) for height, each in places.items())
    bulks = "".join(_level(x, y, height, *each.bulk) for height, each in places.items() if each.bulk is not None)
    values = dots(x, y, np.array([each.at for each in places.values()]), np.array(list(places)))
    thick = (Path(bulks, "bulk"),) if bulks else ()
    return (Path(lines, "whisker"), *thick, Path(values, "ring"), Path(values, "hole"))


def _lane(row: Row, series: str) -> float:
    """How far below the top of its row a mark lies, in rows."""
    return HEAD + (1 - HEAD - FOOT) * (list(row.marks).index(series) + 0.5) / len(row.marks)


def _level(x: Axis, y: Axis, height: float, low: float, high: float) -> str:
    """A level line from one value to another."""
    return line(x, y, np.array([low, high]), np.full(2, height))


def _label(row: Row) -> str:
    name = cut(row.name, LONGEST)
    return f"{name}: {row.numbers}" if row.numbers else name
