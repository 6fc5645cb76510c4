"""Charts of records' scores: histograms, densities, and the hardness of the records."""

from itertools import pairwise

import numpy as np

from miaudit.arrays import Bools, Floats
from miaudit.metrics.hardness import CALIBRATED_ABOVE, KNOWN_ABOVE
from miaudit.presenter import PER_CENT, count, label
from miaudit.report.axes import Axis, linear, logarithmic
from miaudit.report.curves import sampled
from miaudit.report.drawing import SIDE, Bin, Path, Plot, PlotNote, Series, area, crosses, dots, line, upright
from miaudit.report.histograms import Bins, shares, ticks

COLOURS = {
    "members": "member",
    "non-members": "nonmember",
    "all records": "unknown",
    "named members": "member",
    "members not named": "unknown",
}
DWARFED = 5.0  # a density this many times as high hides the other one
DEEPEST = 1e9  # a logarithmic axis of densities begins no lower than the highest one divided by this


def histogram(groups: dict[str, Floats], bins: Bins, cut: float | None, quantity: str = "Membership score") -> Plot:
    """A quantity of each group of records over shared bins, and the attack's own cut."""
    heights = {name: 100 * shares(scores, bins) for name, scores in groups.items()}
    labels = None if bins.scale.width is None else ticks(bins)
    x = linear(quantity, float(bins.edges[0]), float(bins.edges[-1]), ticks=labels)
    x = x._replace(centre=bins.scale.centre, width=bins.scale.width)
    y = linear("Share of the group", 0, 1.16 * max(float(height.max()) for height in heights.values()), PER_CENT)
    steps = np.repeat(bins.edges, 2)
    series = tuple(
        Series(
            f"{name} ({count(len(groups[name]))})",
            COLOURS[name],
            "area",
            (Path(line(x, y, steps, np.r_[0, np.repeat(height, 2), 0]), "block"),),
        )
        for name, height in heights.items()
    )
    mark, note = _cut(x, bins, cut) if cut is not None and np.isfinite(cut) else ((), ())
    return Plot(x, y, series, above=mark, notes=note, bins=_told(bins, heights))


def densities(grid: Floats, members: Floats, nonmembers: Floats, quantity: str) -> Plot:
    """Estimated densities of one quantity over `grid`, (g,) each; on a logarithmic axis where one dwarfs the other."""
    peaks = sorted((float(members.max()), float(nonmembers.max())))
    x = linear(quantity, float(grid.min()), float(grid.max()))
    # A peak of 0: all records of a kind lie in one point, between those of the grid.
    if peaks[0] > 0 and peaks[1] > DWARFED * peaks[0]:
        y = logarithmic("Density, logarithmic axis", max(peaks[0] / 1000, peaks[1] / DEEPEST), 1.3 * peaks[1])
    else:
        y = linear("Density", 0, 1.06 * (peaks[1] or 1.0))
    series = tuple(
        Series(name, COLOURS[name], "line", _density(x, y, grid, values))
        for name, values in {"members": members, "non-members": nonmembers}.items()
    )
    return Plot(x, y, series)


def hardness(loss: Floats, calibrated: Floats, groups: dict[str, Bools], has_kinds: bool = True) -> Plot:
    """Score on the target against calibrated score, (n,) each, one point per record (LDC-MIA, Figures 1 and 3).

    At most 3,000 records, drawn with a fixed seed; the view is the central 99 %, and what lies beyond is at its edge.
    Dotted lines part the kinds of records if there are any.
    """
    x = linear("Score on the target: log p of the true class", *_central(loss))
    y = linear("Calibrated score: target minus references", *_central(calibrated))
    shown = np.zeros(len(loss), dtype=bool)
    shown[sampled(len(loss))] = True
    series = []
    for name, mask in groups.items():
        draw, shape = (crosses, "crosses") if name == "non-members" else (dots, "dots")
        path = Path(draw(x, y, loss[mask & shown], calibrated[mask & shown]), f"{shape} told")
        series.append(Series(name, COLOURS[name], shape, (path,)))
    alike = _level(x, y, 0.0, "rule")
    if not has_kinds:
        return Plot(x, y, tuple(series), behind=alike)
    return Plot(x, y, tuple(series), behind=(*alike, *_limits(x, y)), notes=_regions(x, y))


def _level(x: Axis, y: Axis, at: float, style: str) -> tuple[Path, ...]:
    """A line from left to right; none where it is out of view."""
    return (Path(line(x, y, np.array([x.low, x.high]), np.full(2, at)), style),) if y.low < at < y.high else ()


def _limits(x: Axis, y: Axis) -> tuple[Path, ...]:
    """The lines between the kinds of records."""
    known = (Path(upright(x, KNOWN_ABOVE), "rule dotted"),) if x.low < KNOWN_ABOVE < x.high else ()
    return (*known, *_level(x, y, CALIBRATED_ABOVE, "rule dotted"))


def _regions(x: Axis, y: Axis) -> tuple[PlotNote, ...]:
    """The names of the regions that are in view."""
    notes = []
    if y.high > CALIBRATED_ABOVE:
        notes.append(PlotNote("better than the references", 100, 1, "before"))
    if y.low < CALIBRATED_ABOVE:
        notes.append(PlotNote("easy", 100, 94, "before"))
    if x.low < KNOWN_ABOVE:
        notes.append(PlotNote("not known", 0, 94, "after"))
    return tuple(notes)


def _density(x: Axis, y: Axis, grid: Floats, values: Floats) -> tuple[Path, ...]:
    drawn = Path(line(x, y, grid, values), "line told")
    return (drawn,) if y.logarithmic else (Path(area(x, y, grid, values), "area"), drawn)


def _told(bins: Bins, heights: dict[str, Floats]) -> tuple[Bin, ...]:
    """The bins as columns of the plot, each with its shares in words."""
    width = SIDE / (len(bins.edges) - 1)
    ends = [label(score) for score in bins.scale.score(bins.edges)]
    return tuple(
        Bin(round(place * width, 2), round(width, 2), f"{low} to {high}: {_shares(heights, place)}")
        for place, (low, high) in enumerate(pairwise(ends))
    )


def _shares(heights: dict[str, Floats], place: int) -> str:
    return ", ".join(f"{height[place]:.3g}{PER_CENT} of {name}" for name, height in heights.items())


def _cut(x: Axis, bins: Bins, cut: float) -> tuple[tuple[Path, ...], tuple[PlotNote, ...]]:
    """A line at the cut; where it is out of view, a line at the edge with an arrow in words."""
    seen = float(bins.scale.place(np.array(cut)))
    text = "← " * (seen < x.low) + f"own cut {label(cut)} (dashed)" + " →" * (seen > x.high)
    at = x.percent(seen)
    side = "after" if at < 50 else "before"
    return (Path(upright(x, seen), "cut"),), (PlotNote(text, at, 0, side),)


def _central(values: Floats) -> tuple[float, float]:
    low, high = np.percentile(values, [0.5, 99.5])
    margin = 0.04 * (high - low) or 0.5
    return float(low - margin), float(high + margin)
