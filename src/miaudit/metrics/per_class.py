"""Any metric, class by class."""

from collections.abc import Callable

import numpy as np

from miaudit.arrays import Bools, Floats, Ints
from miaudit.metrics.quantity import Quantity

Metric = Callable[[Floats, Bools], Quantity]


def per_class(metric: Metric, scores: Floats, member: Bools, labels: Ints) -> dict[int, Quantity]:
    """The metric of scores (n,) within each class of labels (n,); unresolved where a class lacks a kind of record."""
    found = {}
    for label in np.unique(labels):
        of_class = labels == label
        inside = member[of_class]
        members, nonmembers = int(inside.sum()), int((~inside).sum())
        if members and nonmembers:
            found[int(label)] = metric(scores[of_class], inside)
        else:
            note = f"needs members and non-members, have {members:,} and {nonmembers:,}"
            found[int(label)] = Quantity.unresolved(0, note)
    return found
