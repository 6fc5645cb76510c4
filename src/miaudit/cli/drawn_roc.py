"""Draws a ROC curve in characters, both axes logarithmic."""

from collections.abc import Iterator

import numpy as np

from miaudit.arrays import Bools, Floats
from miaudit.presenter import limit
from miaudit.report.curves import roc_points

WIDTH, HEIGHT = 48, 10  # characters within the axes
MARGIN = 8  # characters to the left of the axis
LOWEST = 1e-3  # rate at the lower end of both axes; higher where there are fewer records


def drawn_roc(scores: Floats, member: Bools) -> Iterator[str]:
    """The ROC curve, one line of text after the other.

    Args:
        scores: (n,) one number per record, higher for likelier members.
        member: (n,) the truth, with at least one member and one non-member.
    """
    curve = roc_points(scores, member)
    lowest = _lowest(member)
    rates = np.geomspace(lowest, 1, WIDTH)
    # The curve where it passes a column's rate; a step up within the column counts from the next one on.
    found = np.interp(rates, curve.x, curve.y)
    grid = np.full((HEIGHT, WIDTH), " ")
    grid[_rows(rates, lowest), np.arange(WIDTH)] = "·"
    grid[_rows(found, lowest), np.arange(WIDTH)] = "●"
    yield from _framed(grid, lowest)


def _lowest(member: Bools) -> float:
    """A power of ten at which there is still a record of either kind, at least `LOWEST` and at most 10 %."""
    fewest = min(int(member.sum()), int((~member).sum()))
    return float(10.0 ** -np.clip(np.floor(np.log10(fewest)), 1, -np.log10(LOWEST)))


def _rows(rates: Floats, lowest: float) -> Floats:
    """The row of the grid for each rate, 0 at the top; rates below the axis lie on its lower end."""
    height = 1 - np.log10(np.maximum(rates, lowest)) / np.log10(lowest)
    return np.rint((1 - height) * (HEIGHT - 1)).astype(int)


def _framed(grid: np.ndarray, lowest: float) -> Iterator[str]:
    decades = round(-np.log10(lowest))
    marks = {round(k * (HEIGHT - 1) / decades): limit(10.0**-k) for k in range(decades + 1)}
    for place, row in enumerate(grid):
        yield f"{marks.get(place, ''):>{MARGIN}} │{''.join(row).rstrip()}"
    yield f"{'':>{MARGIN}} └{'─' * WIDTH}"
    below = [" "] * (WIDTH + MARGIN)
    for k in range(decades + 1):
        text = limit(10.0**-k)
        end = round((1 - k / decades) * (WIDTH - 1)) + len(text) // 2 + 1
        start = min(max(end - len(text), 0), WIDTH - len(text) + 1)
        below[start : start + len(text)] = text
    yield f"{'':>{MARGIN}}  {''.join(below).rstrip()}"
