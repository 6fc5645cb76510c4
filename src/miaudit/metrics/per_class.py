"""A metric within each class."""

from collections.abc import Callable

import numpy as np

from miaudit.arrays import Bools, Floats, Ints
from miaudit.metrics.quantity import Quantity

Metric = Callable[[Floats, Bools], Quantity]


def per_class(metric: Metric, scores: Floats, member: Bools, labels: Ints) -> dict[int, Quantity]:
    """Compute a metric within each class; unresolved where a class has no members or no non-members.

    Args:
        metric: a function of scores and membership, such as `auc`.
        scores: (n,) higher for members.
        member: (n,) the truth.
        labels: (n,) classes.
    """
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
