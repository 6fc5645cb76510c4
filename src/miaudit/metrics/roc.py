"""The ROC curve, the area under it, and the true positive rate at a false positive rate."""

import math
from typing import NamedTuple

import numpy as np

from miaudit.arrays import Bools, Floats
from miaudit.maths.counts import counts
from miaudit.maths.ranks import wins
from miaudit.metrics.fixed_rate import ROUNDING, rate_at_limit
from miaudit.metrics.intervals import wilson
from miaudit.metrics.quantity import Quantity


class Roc(NamedTuple):
    """Rates of the rule `score >= threshold`, from the strictest to the loosest; three arrays of one length."""

    fpr: Floats
    tpr: Floats
    thresholds: Floats


def roc(scores: Floats, member: Bools) -> Roc:
    """Compute the ROC curve of scores (n,) and truth (n,) with both kinds of records: a point for each distinct score.

    >>> roc(np.array([3.0, 2.0, 1.0]), np.array([True, False, True])).tpr
    array([0. , 0.5, 0.5, 1. ])
    """
    distinct, tp, fp = counts(scores, member)
    return Roc(
        np.append(0.0, fp / fp[-1]),
        np.append(0.0, tp / tp[-1]),
        np.append(np.inf, distinct),
    )


def auc(scores: Floats, member: Bools, confidence: float = 0.95) -> Quantity:
    """Compute the area under the ROC curve, P(member above non-member) + P(tie) / 2, with an interval.

    The variance is DeLong's (Biometrics 1988), from midranks (Sun & Xu 2014). DeLong's own interval has no width at an
    AUC of 0 or 1 and covers the truth in as little as 13 % of small samples near there. So each group is given one more
    win and one more loss before its variance is taken, and the normal interval is replaced by the Wilson interval for
    the number of trials that has this variance. Where scores are tied, the AUC moves in steps, which a normal interval
    overlooks: so both ends lie half a step further out. Where scores say nothing about membership, the interval leaves
    1/2 in 5 % of samples at most (docs/coverage.md).

    Args:
        scores: (n,) higher for members.
        member: (n,) the truth; at least one record of each kind.
        confidence: of the two-sided interval, in (0, 1).

    >>> auc(np.array([0.1, 0.4, 0.35, 0.8]), np.array([False, False, True, True])).value
    0.75
    """
    above, below, value = placements(scores, member)
    low, high = wilson(value, _effective_trials(above, below), confidence)
    half = _half_step(scores, len(above) * len(below))
    return Quantity(
        value=value,
        low=max(0.0, min(low - half, value)),
        high=min(1.0, max(high + half, value)),
        confidence=confidence,
        n=min(len(above), len(below)),
    )


class Placements(NamedTuple):
    """DeLong's placements, where ties count half, and the mean of either, the AUC."""

    above: Floats  # (m,) share of the non-members below each member
    below: Floats  # (k,) share of the members above each non-member
    area: float


def placements(scores: Floats, member: Bools) -> Placements:
    """Compute where each of the scores (n,) stands among those of the other kind."""
    members, nonmembers, area = wins(scores, member)
    return Placements(members / len(nonmembers), 1.0 - nonmembers / len(members), area)


def auc_variance(above: Floats, below: Floats) -> float:
    """DeLong's variance of the AUC from placements (m,) and (k,), with one more win and one more loss in each group."""
    return sum(float(part.var(ddof=1)) / (len(part) - 2) for part in _padded(above, below))


def _effective_trials(above: Floats, below: Floats) -> float:
    """Number of coin tosses whose mean varies as the AUC does."""
    share = sum(float(part.mean()) for part in _padded(above, below)) / 2.0
    return share * (1.0 - share) / auc_variance(above, below)


def _half_step(scores: Floats, pairs: int) -> float:
    """Half of what the AUC changes by when a member and a non-member with neighbouring scores change places.

    The number of wins changes by half of the records that have either score: on average by the records per distinct
    score. Where no scores are tied, the step is negligible, and 0 is returned.
    """
    return (len(scores) / len(np.unique(scores)) - 1.0) / (2.0 * pairs)


def _padded(above: Floats, below: Floats) -> list[Floats]:
    return [np.append(part, (0.0, 1.0)) for part in (above, below)]


def needed_nonmembers(fpr: float) -> int:
    """Number of non-members from which one false alarm is at most this share of them."""
    return math.ceil(1.0 / fpr - ROUNDING)


def tpr_at_fpr(scores: Floats, member: Bools, fpr: float, confidence: float = 0.95) -> Quantity:
    """Compute the largest true positive rate whose false positive rate does not exceed `fpr`.

    The interval carries the error of the estimated cut (see `fixed_rate`). Fewer than 1/fpr non-members cannot resolve
    the rate: then there is no value, and the note says how many are needed.

    Args:
        scores: (n,) higher for members.
        member: (n,) the truth; at least one record of each kind.
        fpr: the false positive rate, in (0, 1).
        confidence: of the two-sided interval, in (0, 1).
    """
    members, nonmembers = scores[member], scores[~member]
    if len(nonmembers) < needed_nonmembers(fpr):
        note = f"needs >= {needed_nonmembers(fpr):,} non-members, have {len(nonmembers):,}"
        return Quantity.unresolved(len(nonmembers), note, confidence)
    found = rate_at_limit(members, nonmembers, fpr, confidence)
    return Quantity(
        value=found.above / len(members),
        low=found.low,
        high=found.high,
        confidence=confidence,
        n=len(nonmembers),
    )
