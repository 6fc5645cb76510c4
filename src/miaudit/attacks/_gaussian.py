"""A Gaussian per record, fitted to what some of the reference models say about it."""

from typing import Literal, NamedTuple

import numpy as np

from miaudit.arrays import Bools, Floats, Ints
from miaudit.maths.blocks import blocks
from miaudit.maths.moments import Moments, moments_of
from miaudit.maths.sums import total, weighted_mean

Center = Literal["mean", "median"]
Variance = Literal["auto", "pooled", "per_record", "global"]

MIN_WIDTH = 1e-3  # floor of every deviation: scaled logits live on a scale of about 1
MANY = 30  # mean number of models per record and side from which a record's own deviation is used


class Gaussians(NamedTuple):
    """Centre and width of one Gaussian per record."""

    centre: Floats  # (n,)
    width: Floats  # (n,) at least MIN_WIDTH


def choose_variance(variance: Variance, *counts: Ints) -> Variance:
    """Resolve `auto`: per_record where records have MANY models on each side (mean of counts), else pooled."""
    if variance != "auto":
        return variance
    return "per_record" if all(count.mean() >= MANY for count in counts) else "pooled"


def fit(values: Floats, chosen: Bools, center: Center, variance: Variance) -> Gaussians:
    """Fit one Gaussian per record to those values (R, n) that are chosen (R, n), at least one per record.

    Deviations are maximum-likelihood ones (division by the count). per_record: of the record's own values; pooled:
    one for all, around each record's own centre; global: one for all, around the common mean (as in the released
    code of Carlini et al. 2022).
    """
    moments = moments_of(values, chosen)
    centre = moments.mean if center == "mean" else _median(values, chosen, moments.counts)
    kind = choose_variance(variance, moments.counts)
    return Gaussians(centre, np.maximum(_width(moments, centre, kind), MIN_WIDTH))


def pooled(moments: Moments) -> Gaussians:
    """Fit one Gaussian per record around its mean, with one width for all."""
    return Gaussians(moments.mean, np.maximum(_width(moments, moments.mean, "pooled"), MIN_WIDTH))


def log_density(x: Floats, gaussians: Gaussians) -> Floats:
    """Log of the normal density at x (n,), without the constant -log sqrt(2 pi)."""
    density: Floats = -0.5 * deviation(x, gaussians) ** 2 - np.log(gaussians.width)
    return density


def deviation(x: Floats, gaussians: Gaussians) -> Floats:
    """The distance of x (n,) from each record's centre, in widths: the z-value."""
    z: Floats = (x - gaussians.centre) / gaussians.width
    return z


def _median(values: Floats, chosen: Bools, count: Ints) -> Floats:
    """(n,) median of the chosen values."""
    median = np.empty(values.shape[1])
    for part in blocks(len(median), len(values)):
        ordered = np.sort(np.where(chosen[:, part], values[:, part], np.inf).T, axis=1)
        rows, size = np.arange(len(ordered)), count[part]
        median[part] = 0.5 * (ordered[rows, (size - 1) // 2] + ordered[rows, size // 2])
    return median


def _width(moments: Moments, centre: Floats, kind: Variance) -> Floats:
    counts, mean, squares = moments
    if kind == "per_record":
        return np.sqrt(squares / counts)
    around = centre if kind == "pooled" else weighted_mean(mean, counts)
    common = np.sqrt(total(squares + counts * (mean - around) ** 2) / int(counts.sum()))
    return np.full(len(mean), common)
