"""Makes numbers coarse enough to leave a protected environment: no count behind them is smaller than k records."""

import math

from miaudit.arrays import Bools, Floats
from miaudit.auditing.result.release import RocPoint
from miaudit.maths.counts import counts
from miaudit.metrics.fixed_rate import ROUNDING
from miaudit.metrics.quantity import Quantity

WITHHELD = "withheld"  # begins the note of a number that is not shown


def is_small(count: float, of: int, k: int) -> bool:
    """Are fewer than k of the `of` records counted, or fewer than k not counted?"""
    return not k <= round(count) <= of - k


def rate(quantity: Quantity, of: int, k: int) -> Quantity:
    """A share of `of` records, with interval ends rounded outwards to steps of k records; withheld where it is small.

    >>> rate(Quantity(value=0.25, low=0.217, high=0.286, n=1000), 1000, 10).text()
    '0.250 [0.210, 0.290]'
    >>> rate(Quantity(value=0.004, low=0.001, high=0.01, n=1000), 1000, 10).text()
    'withheld: rests on fewer than 10 records'
    """
    if quantity.value is None:
        return quantity
    if is_small(quantity.value * of, of, k):
        return Quantity.unresolved(0, f"{WITHHELD}: rests on fewer than {k} records", quantity.confidence)
    step = k / of
    low = None if quantity.low is None else max(0.0, math.floor(quantity.low / step + ROUNDING) * step)
    high = None if quantity.high is None else min(1.0, math.ceil(quantity.high / step - ROUNDING) * step)
    return quantity.model_copy(update={"low": low, "high": high})


def epsilon(quantity: Quantity) -> Quantity:
    """A bound on epsilon, rounded down to one digit after the point; the estimate, from a single cut, is left out."""
    if quantity.low is None:
        return quantity
    low = math.floor(10 * quantity.low + ROUNDING) / 10
    return quantity.model_copy(update={"value": low, "low": low, "note": "estimate withheld"})


def share(value: float, of: int, k: int) -> float:
    """A share without interval, rounded to steps of at least k of `of` records.

    >>> share(0.9987, 1000, 10)
    1.0
    """
    digits = max(0, math.floor(math.log10(of / k) + ROUNDING)) if of >= k else 0
    return round(value, digits)


def coarse_roc(scores: Floats, member: Bools, k: int) -> tuple[RocPoint, ...]:
    """The ROC curve in as many points as leave at least k members and k non-members between neighbours.

    Args:
        scores: (n,) higher for members.
        member: (n,) the truth; at least k records of each kind.
        k: fewest records of each kind between two points.

    >>> import numpy as np
    >>> [point.tpr for point in coarse_roc(np.arange(8.0), np.arange(8) % 2 == 1, 2)]
    [0.0, 0.5, 1.0]
    """
    _, tp, fp = counts(scores, member)
    members, others = int(tp[-1]), int(fp[-1])
    kept = [(0, 0)]
    for found, accused in zip(tp.tolist(), fp.tolist(), strict=True):
        far = found - kept[-1][0] >= k and accused - kept[-1][1] >= k
        if far and members - found >= k and others - accused >= k:
            kept.append((found, accused))
    return tuple(RocPoint(fpr=accused / others, tpr=found / members) for found, accused in [*kept, (members, others)])
