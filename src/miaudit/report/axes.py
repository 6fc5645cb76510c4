"""Axes of the charts: which numbers are in view, where a number lies on the axis, and which numbers are labelled."""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from miaudit.arrays import Floats
from miaudit.presenter import minus

MOST_POWERS = 8  # labels of a logarithmic axis


class AxisTick(NamedTuple):
    """A labelled number on an axis."""

    at: float
    text: str


class Axis(NamedTuple):
    """What one axis shows, from its low end to its high end."""

    title: str
    low: float
    high: float
    ticks: tuple[AxisTick, ...]
    logarithmic: bool = False
    unit: str = ""  # written behind the numbers that a reader points at
    centre: float = 0.0  # of an axis of scores, see histograms.Scale
    width: float | None = None

    def place(self, values: Floats) -> Floats:
        """Where values lie, as shares of the axis's length: 0 at the low end, outside [0, 1] if a value is out of view.

        On a logarithmic axis, 0 lies as far below its low end as the axis is long.

        >>> Axis("", 1.0, 100.0, (), logarithmic=True).place(np.array([1.0, 10.0, 100.0]))
        array([0. , 0.5, 1. ])
        """
        if not self.logarithmic:
            return (values - self.low) / (self.high - self.low)
        length = np.log(self.high / self.low)
        return np.log(np.maximum(values / self.low, np.exp(-length))) / length

    def percent(self, value: float) -> float:
        """Where one value lies, in per cent of the length; a value out of view lies at the nearer end."""
        return round(100 * float(np.clip(self.place(np.array(value)), 0, 1)), 2)


def linear(title: str, low: float, high: float, unit: str = "", ticks: Sequence[AxisTick] | None = None) -> Axis:
    """An axis with ticks at round numbers, unless others are given."""
    return Axis(title, low, high, tuple(_round_ticks(low, high, unit) if ticks is None else ticks), unit=unit)


def logarithmic(title: str, low: float, high: float, unit: str = "") -> Axis:
    """A logarithmic axis with ticks at powers of ten, the highest among them; `low` is above 0."""
    top, bottom = math.floor(math.log10(high) + 1e-9), math.ceil(math.log10(low) - 1e-9)
    step = max(1, math.ceil((top - bottom + 1) / MOST_POWERS))
    powers = range(top, bottom - 1, -step)[::-1]
    ticks = tuple(AxisTick(10.0**power, minus(f"{10.0**power:.10g}") + unit) for power in powers)
    return Axis(title, low, high, ticks, logarithmic=True, unit=unit)


def _round_ticks(low: float, high: float, unit: str, most: int = 6) -> list[AxisTick]:
    """Ticks at multiples of 1, 2 or 5 times a power of ten, at most `most` of them.

    >>> [tick.text for tick in _round_ticks(0, 101, " %")]
    ['0 %', '20 %', '40 %', '60 %', '80 %', '100 %']
    """
    power = 10.0 ** math.floor(math.log10((high - low) / most))
    steps = [times * power for times in (1, 2, 5, 10, 20)]
    step = next(each for each in steps if len(_multiples(low, high, each)) <= most)
    counts = _multiples(low, high, step)
    return [AxisTick(count * step, _label(count * step, step) + unit) for count in counts]


def _multiples(low: float, high: float, step: float) -> range:
    """The whole numbers which, times `step`, lie between `low` and `high`, up to rounding."""
    return range(math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9) + 1)


def _label(value: float, step: float) -> str:
    """The value with the digits that tell it from its neighbour, and a power of ten where zeros would make it long.

    >>> _label(-0.5, 0.5), _label(2e6, 1e6)
    ('−0.5', '2e6')
    """
    digits = max(0, -math.floor(math.log10(step) + 1e-9))
    if digits <= 4 and step < 1e5:
        return minus(f"{value:.{digits}f}")
    significant = math.ceil(math.log10(abs(value) / step) + 0.5) + 1 if value else 1
    return minus(f"{value:.{significant}g}".replace("e+0", "e").replace("e+", "e").replace("e-0", "e-"))
