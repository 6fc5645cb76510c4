"""Histograms of membership scores, readable however far a few scores lie from the rest."""

from typing import NamedTuple

import numpy as np

from miaudit.arrays import Floats
from miaudit.presenter import label
from miaudit.report.axes import AxisTick

AWAY = "Away from the median, the axis is logarithmic: distances on it cannot be compared."  # where it is
FINEST = 1e-12  # of the range: no float tells a finer scale from a step, and dividing by less may overflow
LONG_TAIL = 12.0  # a range of more interquartile distances than this would squeeze most scores into a few bins
TICK_DISTANCE = 0.2  # of the axis, so that labels do not touch


class Scale(NamedTuple):
    """Where a score is drawn: as it is, or growing like its logarithm away from a centre."""

    centre: float = 0.0
    width: float | None = None  # None for a linear scale

    def place(self, scores: Floats) -> Floats:
        """Places on the axis of scores; higher scores lie further right."""
        return scores if self.width is None else np.arcsinh((scores - self.centre) / self.width)

    def score(self, places: Floats) -> Floats:
        """Scores at places on the axis, the inverse of `place`."""
        return places if self.width is None else self.centre + self.width * np.sinh(places)


class Bins(NamedTuple):
    """Bins of equal width on a scale, shared by several groups of records."""

    edges: Floats  # (b + 1,) places on the axis
    scale: Scale


def shared_bins(scores: Floats, most: int = 45) -> Bins:
    """Bins that span scores (n,); fewer of them where there are few records."""
    scale = _scale(scores)
    places = scale.place(scores)
    low, high = float(places.min()), float(places.max())
    if high - low <= 1e-9 * max(abs(low), abs(high)):
        low, high = low - max(abs(low), 1.0) / 2, high + max(abs(high), 1.0) / 2
    count = int(np.clip(np.sqrt(len(scores)), 10, most))
    return Bins(np.linspace(low, high, count + 1), scale)


def _scale(scores: Floats) -> Scale:
    """A linear scale, unless the range is many times the spread of the bulk; then one as fine as its narrower half."""
    low, quarter, middle, three_quarters, high = np.percentile(scores, [5, 25, 50, 75, 95])
    spread = (three_quarters - quarter) or (high - low)
    reach = float(np.ptp(scores))
    if not reach > LONG_TAIL * spread > 1e-9 * abs(middle):
        return Scale()
    sides = [side for side in (middle - quarter, three_quarters - middle) if side > 1e-9 * abs(middle)]
    return Scale(float(middle), max(float(min(sides, default=spread)), FINEST * reach))


def shares(scores: Floats, bins: Bins) -> Floats:
    """The share of scores (n,) in each bin, (b,), summing to 1.

    >>> shares(np.array([0.1, 0.2, 0.9]), Bins(np.array([0.0, 0.5, 1.0]), Scale())).round(3)
    array([0.667, 0.333])
    """
    places = np.clip(bins.scale.place(scores), bins.edges[0], bins.edges[-1])
    counts, _ = np.histogram(places, bins.edges)
    result: Floats = counts / max(len(scores), 1)
    return result


def ticks(bins: Bins) -> tuple[AxisTick, ...]:
    """Labels at round scores in rising order, far enough from each other; `at` is a place on the axis."""
    low, high = bins.edges[0], bins.edges[-1]
    chosen: list[AxisTick] = []
    for score in _round_scores(*bins.scale.score(bins.edges[[0, -1]])):
        place = float(bins.scale.place(np.array(score)))
        distance = min((abs(place - other.at) for other in chosen), default=np.inf)
        if low <= place <= high and distance > TICK_DISTANCE * (high - low):
            chosen.append(AxisTick(place, label(score, 2)))
    if len(chosen) < 3:
        places = np.linspace(low, high, 5)
        chosen = [AxisTick(float(place), label(float(bins.scale.score(place)), 2)) for place in places]
    return tuple(sorted(chosen))


def _round_scores(low: float, high: float) -> list[float]:
    """0, then powers of ten from the largest down, then their two- and fivefold, of both signs."""
    top = int(np.floor(np.log10(max(abs(low), abs(high), 1e-300))))
    powers = [10.0**power for power in range(top, top - 12, -1)]
    return [0.0, *(sign * digit * power for digit in (1, 5, 2) for power in powers for sign in (-1, 1))]
