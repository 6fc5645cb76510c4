"""The precision-recall curve, the precision at a recall and the recall at a precision."""

from typing import NamedTuple

import numpy as np

from miaudit.arrays import Bools, Floats
from miaudit.maths.counts import counts
from miaudit.metrics.fixed_rate import ROUNDING, rate_at_limit
from miaudit.metrics.intervals import Interval, clopper_pearson
from miaudit.metrics.quantity import Quantity


class PrecisionRecall(NamedTuple):
    """Precision and recall of the rule `score >= threshold`, from the strictest to the loosest."""

    precision: Floats
    recall: Floats
    thresholds: Floats


def pr_curve(scores: Floats, member: Bools) -> PrecisionRecall:
    """Compute the curve of scores (n,) and truth (n,): a point for each distinct score, none where nobody is called.

    >>> pr_curve(np.array([3.0, 2.0, 1.0]), np.array([True, False, True])).precision
    array([1.        , 0.5       , 0.66666667])
    """
    distinct, tp, fp = counts(scores, member)
    return PrecisionRecall(tp / (tp + fp), tp / tp[-1], distinct)


def precision_at_recall(scores: Floats, member: Bools, recall: float, confidence: float = 0.95) -> Quantity:
    """Compute the precision at the strictest cut that finds at least a share `recall` of the members.

    Precision depends on the mix of members and non-members; here it is that of the sample. The interval follows from
    the interval of the false positive rate at this recall, so it carries the error of the cut. `n` counts the records
    above the cut.

    Args:
        scores: (n,) higher for members.
        member: (n,) the truth; at least one record of each kind.
        recall: least share of the members that is found, in (0, 1).
        confidence: of the two-sided interval, in (0, 1).
    """
    _, tp, fp = counts(scores, member)
    at = int(np.searchsorted(tp, recall * tp[-1] - ROUNDING))
    # Mirrored, so that "at least this recall" becomes "at most this share of the members missed".
    missed = rate_at_limit(-scores[~member], -scores[member], 1.0 - recall, confidence)
    fpr = Interval(1.0 - missed.high, 1.0 - missed.low)
    found = _recall_at_cut(int(tp[at]), int(tp[-1]), recall, confidence)
    members, nonmembers = int(tp[-1]), int(fp[-1])
    value = float(tp[at] / (tp[at] + fp[at]))
    low = found.low * members / (found.low * members + fpr.high * nonmembers)
    high = found.high * members / (found.high * members + fpr.low * nonmembers)
    return Quantity(
        value=value,
        low=min(low, value),
        high=max(high, value),
        confidence=confidence,
        n=int(tp[at] + fp[at]),
    )


def recall_at_precision(scores: Floats, member: Bools, precision: float) -> float:
    """Compute the largest recall of a cut whose precision is at least `precision`; 0 if there is no such cut.

    Args:
        scores: (n,) higher for members.
        member: (n,) the truth; at least one record of each kind.
        precision: least share of true members among the records called, in (0, 1].

    >>> recall_at_precision(np.array([4.0, 3.0, 2.0, 1.0]), np.array([True, False, True, False]), 0.6)
    1.0
    """
    curve = pr_curve(scores, member)
    return float(curve.recall[curve.precision >= precision - ROUNDING].max(initial=0.0))


def _recall_at_cut(tp: int, members: int, recall: float, confidence: float) -> Interval:
    """Interval of the true recall at the cut: the wanted one, unless so many members tie that it must be higher."""
    ends = clopper_pearson(tp, members, confidence)
    if ends.low > recall:
        return ends
    return Interval(recall, max(recall, tp / members))
