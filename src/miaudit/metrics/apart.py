"""Tests whether one group of records differs from the others: in its AUC, and in a share of its records."""

from typing import NamedTuple

import numpy as np
from scipy import special, stats

from miaudit.arrays import Bools, Floats, Ints
from miaudit.metrics.roc import auc_variance, placements


class Area(NamedTuple):
    """The AUC within one group."""

    value: float
    variance: float  # DeLong's, with one more win and one more loss of each kind
    weight: float  # harmonic mean of its members and non-members


def area_within(scores: Floats, member: Bools) -> Area:
    """Compute the AUC of a group's scores (n,) and truth (n,); at least one record of each kind."""
    above, below, area = placements(scores, member)
    weight = 2.0 / (1.0 / len(above) + 1.0 / len(below))
    return Area(area, auc_variance(above, below), weight)


def areas_apart(areas: list[Area]) -> Floats:
    """Test each group's AUC against the mean of the others, weighted by their size; two-sided p-values (g,).

    Groups share no records, so the variances add up. One group alone differs from nothing: its p-value is 1.
    """
    if len(areas) < 2:
        return np.ones(len(areas))
    value, variance, weight = (np.array(part) for part in zip(*areas, strict=True))
    others = weight.sum() - weight
    mean = ((weight * value).sum() - weight * value) / others
    spread = ((weight**2 * variance).sum() - weight**2 * variance) / others**2
    p: Floats = 2.0 * special.ndtr(-np.abs(value - mean) / np.sqrt(variance + spread))
    return p


def shares_apart(found: Ints, of: Ints) -> Floats:
    """Test each group's share, found (g,) of (g,) records, against that of the others by Fisher's exact test.

    >>> shares_apart(np.array([5, 0]), np.array([5, 5])).round(4)
    array([0.0079, 0.0079])
    """
    missed = of - found
    tables = [[[found[g], missed[g]], [found.sum() - found[g], missed.sum() - missed[g]]] for g in range(len(found))]
    return np.array([float(stats.fisher_exact(table).pvalue) for table in tables])


def holm(p: Floats) -> Floats:
    """Correct p-values (k,) for their number by Holm's method (Scandinavian Journal of Statistics 1979).

    Among tests of which none finds anything real, the chance that any corrected value is below 0.05 is at most 5 %.

    >>> holm(np.array([0.01, 0.04, 0.03]))
    array([0.03, 0.06, 0.06])
    """
    order = np.argsort(p, kind="stable")
    corrected = np.empty(len(p))
    corrected[order] = np.minimum(1.0, np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1)))
    return corrected
