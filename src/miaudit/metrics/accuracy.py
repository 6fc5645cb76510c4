"""Accuracy at the best cut, and the confusion matrix at a given one."""

import numpy as np

from miaudit.arrays import Bools, Floats
from miaudit.maths.counts import Confusion, counts, tally
from miaudit.maths.normal import deviations
from miaudit.metrics.intervals import proportion
from miaudit.metrics.quantity import Quantity


def confusion(scores: Floats, member: Bools, cut: float) -> Confusion:
    """Count records at a cut that was chosen on other records; a score (n,) strictly above it is called a member.

    Args:
        scores: (n,) higher for members.
        member: (n,) the truth.
        cut: the highest score that is not called a member.

    >>> confusion(np.array([3.0, 2.0, 1.0]), np.array([True, False, True]), 1.0)
    Confusion(tp=1, fp=1, tn=0, fn=1)
    """
    return tally(scores > cut, member)


def recall(found: Confusion, confidence: float = 0.95) -> Quantity:
    """Share of the members that are called members."""
    return proportion(found.tp, found.tp + found.fn, confidence)


def precision(found: Confusion, confidence: float = 0.95) -> Quantity | None:
    """Share of true members among the records called members; None where no record is called one."""
    called = found.tp + found.fp
    return proportion(found.tp, called, confidence) if called else None


def balanced_accuracy(scores: Floats, member: Bools, confidence: float = 0.95) -> Quantity:
    """Compute the mean of sensitivity and specificity at the best cut, as the papers report it; 0.5 or more.

    The best cut is chosen on the same records, so the value is biased upwards. The interval is that of the best cut
    in the population, (1 + D) / 2, where D >= 0 is the largest gap between the two distribution functions. Its lower
    end holds for all cuts at once, by the inequality of Dvoretzky, Kiefer, Wolfowitz and Massart for two samples of m
    and k: exp(-2 e^2 mk/(m + k)). Its upper end needs only the error at one fixed cut, since the sample's best cut is
    no worse on the sample than the population's best. Where nothing leaks, the interval therefore contains 0.5 as
    often as it claims.

    Args:
        scores: (n,) higher for members.
        member: (n,) the truth; at least one record of each kind.
        confidence: of the two-sided interval, in (0, 1).

    >>> balanced_accuracy(np.array([3.0, 2.0, 1.0]), np.array([True, True, False])).value
    1.0
    """
    _, tp, fp = counts(scores, member)
    members, nonmembers = int(tp[-1]), int(fp[-1])
    gap = max(0.0, float(np.max(tp / members - fp / nonmembers)))
    size = members * nonmembers / (members + nonmembers)
    miss = (1.0 - confidence) / 2.0
    all_cuts = np.sqrt(np.log(1.0 / miss) / (2.0 * size))
    one_cut = deviations(confidence) / 2.0 / np.sqrt(size)  # a share varies by at most 1/4
    return Quantity(
        value=(1.0 + gap) / 2.0,
        low=(1.0 + max(0.0, gap - float(all_cuts))) / 2.0,
        high=(1.0 + min(1.0, gap + float(one_cut))) / 2.0,
        confidence=confidence,
        n=min(members, nonmembers),
    )
