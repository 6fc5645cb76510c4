"""Charts of what is found against the number of models, which doubles from one value to the next."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from miaudit.metrics.quantity import Quantity
from miaudit.presenter import count
from miaudit.report.axes import Axis, AxisTick, linear
from miaudit.report.drawing import Path, Plot, Series, line, whisker_paths
from miaudit.report.rate_plots import COLOURS

ROOM = 1.15  # factor by which the axis of models goes beyond its first and last value


class Sized(NamedTuple):
    """A quantity measured with so many models."""

    models: int
    quantity: Quantity


def by_models(found: Mapping[str, Sequence[Sized]], title: str, guessed: float, times: float, unit: str) -> Plot | None:
    """A line for each attack, the strongest first, with intervals of the first; None where fewer than two have a value.

    Args:
        found: attack -> its quantities, the fewest models first.
        title: of the upright axis.
        guessed: what guessing finds, as a quantity.
        times: quantities are multiplied by this.
        unit: of the products.
    """
    lines = {name: [each for each in sized if each.quantity.value is not None] for name, sized in found.items()}
    lines = {name: sized for name, sized in lines.items() if len(sized) > 1}
    if not lines:
        return None
    x = _axis_of_models(sorted({each.models for sized in lines.values() for each in sized}))
    ends = [end for sized in lines.values() for each in sized for end in _interval(each.quantity, times)[1:]]
    low, high = min([*ends, times * guessed]), max([*ends, times * guessed])
    room = 0.05 * (high - low)
    y = linear(title, max(0.0, low - room), min(times, high + room), unit)
    series = [_series(x, y, name, sized, times, place) for place, (name, sized) in enumerate(lines.items())]
    ends_of_x = np.array([x.low, x.high])
    guide = Path(line(x, y, ends_of_x, np.full(2, times * guessed)), "line")
    return Plot(x, y, (*series, Series("guessing", "guide", "line", (guide,))))


def _axis_of_models(models: Sequence[int]) -> Axis:
    ticks = tuple(AxisTick(number, count(number)) for number in models)
    return Axis("Reference models", models[0] / ROOM, models[-1] * ROOM, ticks, logarithmic=True)


def _series(x: Axis, y: Axis, name: str, sized: Sequence[Sized], times: float, place: int) -> Series:
    at = np.array([each.models for each in sized], dtype=np.float64)
    values, low, high = np.array([_interval(each.quantity, times) for each in sized]).T
    paths = [Path(line(x, y, at, values), "line told")]
    if place == 0:
        paths += whisker_paths(x, y, at, values, low, high)
    return Series(name, COLOURS[place] if place < len(COLOURS) else "rest", "line", tuple(paths))


def _interval(quantity: Quantity, times: float) -> tuple[float, float, float]:
    """The value and the ends of its interval; the value stands for an end that is not known."""
    value = quantity.value or 0.0
    low, high = (value if end is None else end for end in (quantity.low, quantity.high))
    return times * value, times * low, times * high
