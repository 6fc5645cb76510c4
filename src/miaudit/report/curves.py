"""What the charts draw, as arrays: curves thinned to few points, and a sample of records."""

from typing import NamedTuple

import numpy as np

from miaudit.arrays import Bools, Floats, Ints
from miaudit.maths.counts import counts
from miaudit.maths.draws import draw
from miaudit.metrics.precision_recall import pr_curve

CURVE_POINTS = 400
SCATTER_POINTS = 3000


class Curve(NamedTuple):
    """Points of a curve, (k,) each."""

    x: Floats
    y: Floats


def roc_points(scores: Floats, member: Bools, limit: int = CURVE_POINTS) -> Curve:
    """The ROC curve, false against true positive rate, in at most `limit` points from (0, 0) to (1, 1).

    Scores (n,), truth (n,). Ties become straight lines; points are added on long ones so that
    they stay true on logarithmic axes.
    """
    _, tp, fp = counts(scores, member)
    corner = np.r_[True, (np.diff(tp, 2) != 0) | (np.diff(fp, 2) != 0), True] if len(tp) > 2 else slice(None)
    fpr, tpr = np.r_[0.0, fp[corner] / fp[-1]], np.r_[0.0, tp[corner] / tp[-1]]
    on_ties = np.geomspace(1 / np.sum(~member), 1, limit // 4)
    x, y = np.r_[fpr, on_ties], np.r_[tpr, np.interp(on_ties, fpr, tpr)]
    order = np.lexsort((y, x))
    x, y = x[order], y[order]
    floors = 0.5 / np.sum(~member), 0.5 / np.sum(member)
    on_screen = [(x, y), (np.log10(np.maximum(x, floors[0])), np.log10(np.maximum(y, floors[1])))]
    kept = _thin(np.sum([_travelled(*axes) for axes in on_screen], axis=0), limit)
    return Curve(x[kept], y[kept])


def precision_recall_points(scores: Floats, member: Bools, limit: int = CURVE_POINTS) -> Curve:
    """The precision-recall curve, recall against precision, in at most `limit` points, recall falling.

    There is no point where nothing is called a member: its precision would not be defined.
    """
    curve = pr_curve(scores, member)
    precision, recall = curve.precision[::-1], curve.recall[::-1]
    kept = _thin(_travelled(recall, precision), limit)
    return Curve(recall[kept], precision[kept])


def _travelled(x: Floats, y: Floats) -> Floats:
    """The share of the curve's length up to each point, (k,), along both axes alike."""
    steps = np.abs(np.diff(x)) / (np.ptp(x) or 1) + np.abs(np.diff(y)) / (np.ptp(y) or 1)
    length: Floats = np.r_[0.0, np.cumsum(steps)]
    return length / (length[-1] or 1)


def _thin(travelled: Floats, limit: int) -> Ints:
    """Positions of at most `limit` points: the ends, and both ends of every step that leads over a grid line.

    Long steps, the corners that the eye sees, therefore always stay.
    """
    if len(travelled) <= limit:
        return np.arange(len(travelled))
    cell = np.floor(travelled / travelled[-1] * (limit // 2 - 1)).astype(np.int64)
    crossing = np.flatnonzero(np.diff(cell))
    return np.unique(np.r_[0, crossing, crossing + 1, len(travelled) - 1])


def sampled(count: int, limit: int = SCATTER_POINTS) -> Ints:
    """Positions of at most `limit` of `count` records, ascending; the same ones every time."""
    return draw(np.random.default_rng(0), count, limit)
