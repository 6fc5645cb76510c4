"""How exposure depends on how hard a record is to predict."""

import math
from typing import NamedTuple

import numpy as np

from miaudit.arrays import Bools, Floats
from miaudit.metrics.quantity import Quantity
from miaudit.metrics.roc import auc, tpr_at_fpr
from miaudit.metrics.spread import mean

EASY_ABOVE = -10.0  # log p_y on the reference
EASY_ABOVE_BINARY = -5.0
KNOWN_ABOVE = math.log(1 / 2)  # log p_y on the target: the true class has more than half of the probability
CALIBRATED_ABOVE = math.log(2)  # target minus references: the target gives it more than twice their probability


class ByHardness(NamedTuple):
    """The true positive rate within each group of records."""

    easy: Quantity
    hard: Quantity
    threshold: float  # easy above it


class Difficulty(NamedTuple):
    """Difficulty of exposed members, which the attack finds, and of hidden ones, which it does not."""

    exposed: Floats  # (e,) one value a member that was called one
    hidden: Floats  # (h,)
    mean_exposed: Quantity
    mean_hidden: Quantity
    harder: Quantity  # probability that an exposed member is harder than a hidden one


class Kinds(NamedTuple):
    """The five kinds of records, as masks (n,); every member and every non-member is of one kind."""

    easy_members: Bools
    hard_members: Bools
    easy_nonmembers: Bools
    hard_nonmembers: Bools
    hard_to_calibrate: Bools  # non-members


def kinds(member: Bools, nonmember: Bools, score: Floats, reference_score: Floats) -> Kinds:
    """Sort records into the five kinds of LDC-MIA (Figure 3), by two limits that divide the figure into four regions.

    Easy records lie at the lower right: the target knows them, and hardly better than the references. Members in the
    other three regions are hard to predict. Non-members at the upper right are hard to calibrate, since they look like
    memorised members; those on the left, which the target does not know, are hard to predict. The paper does not give
    its limits. Here the target knows a record whose class has more than half of the probability, and knows it better
    than the references if it gives more than twice their probability.

    Args:
        member: (n,) true for members.
        nonmember: (n,) true for non-members; records of unknown truth are neither.
        score: (n,) log p_y on the target.
        reference_score: (n,) mean log p_y on models that were trained without the record.
    """
    knows, better = score > KNOWN_ABOVE, score - reference_score > CALIBRATED_ABOVE
    easy = knows & ~better
    return Kinds(
        easy_members=member & easy,
        hard_members=member & ~easy,
        easy_nonmembers=nonmember & easy,
        hard_nonmembers=nonmember & ~knows,
        hard_to_calibrate=nonmember & knows & better,
    )


def tpr_by_hardness(
    scores: Floats,
    member: Bools,
    reference_scores: Floats,
    classes: int,
    fpr: float = 0.01,
    confidence: float = 0.95,
    easy_above: float | None = None,
) -> ByHardness:
    """Compute the TPR at a low FPR separately for records that are easy and hard to predict (LDC-MIA 4.2.4).

    A record is easy if its reference score is above -10, or above -5 where there are two classes. Each group has a cut
    of its own: its rate is at `fpr` of its own non-members. A group that is too small for that is unresolved, and its
    note says what it needs.

    Args:
        scores: (n,) higher for members.
        member: (n,) the truth.
        reference_scores: (n,) log p_y on a model that was trained without the record, or the mean over several.
        classes: number of classes of the task.
        fpr: the false positive rate, in (0, 1).
        confidence: of the two-sided intervals, in (0, 1).
        easy_above: the limit of the reference score, in place of the paper's.
    """
    papers = EASY_ABOVE_BINARY if classes == 2 else EASY_ABOVE
    threshold = papers if easy_above is None else easy_above
    easy = reference_scores > threshold
    groups = [_tpr_within(scores[of], member[of], fpr, confidence) for of in (easy, ~easy)]
    return ByHardness(groups[0], groups[1], threshold)


def _tpr_within(scores: Floats, member: Bools, fpr: float, confidence: float) -> Quantity:
    if not member.any():
        return Quantity.unresolved(0, "needs >= 1 member, have 0", confidence)
    return tpr_at_fpr(scores, member, fpr, confidence)


def difficulty(member: Bools, called: Bools, reference_loss: Floats, confidence: float = 0.95) -> Difficulty:
    """Compare how difficult exposed members and hidden members are (HP-MIA 5.2).

    Args:
        member: (n,) the truth.
        called: (n,) true for records that the attack calls members.
        reference_loss: (n,) cross-entropy of each record, averaged over the reference models that were trained without
            it: the higher, the harder.
        confidence: of the two-sided intervals, in (0, 1).
    """
    exposed, hidden = reference_loss[member & called], reference_loss[member & ~called]
    if len(exposed) and len(hidden):
        harder = auc(reference_loss[member], called[member], confidence)
    else:
        note = f"needs exposed and hidden members, have {len(exposed):,} and {len(hidden):,}"
        harder = Quantity.unresolved(min(len(exposed), len(hidden)), note, confidence)
    return Difficulty(np.sort(exposed), np.sort(hidden), mean(exposed, confidence), mean(hidden, confidence), harder)
