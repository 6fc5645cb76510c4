"""How exposure depends on how hard a record is to predict."""

from typing import NamedTuple

import numpy as np

from miaudit.arrays import Bools, Floats
from miaudit.metrics.quantity import Quantity
from miaudit.metrics.roc import auc, tpr_at_fpr
from miaudit.metrics.spread import mean

EASY_ABOVE = -10.0  # log p_y on the reference
EASY_ABOVE_BINARY = -5.0


class ByHardness(NamedTuple):
    """The true positive rate within each group of records."""

    easy: Quantity
    hard: Quantity
    threshold: float  # easy above it


class Difficulty(NamedTuple):
    """Difficulty of the members that an attack finds and of those it does not."""

    exposed: Floats  # (e,) one value a member that was called one
    hidden: Floats  # (h,)
    mean_exposed: Quantity
    mean_hidden: Quantity
    harder: Quantity  # probability that an exposed member is harder than a hidden one


def tpr_by_hardness(
    scores: Floats,
    member: Bools,
    reference_scores: Floats,
    classes: int,
    fpr: float = 0.01,
    confidence: float = 0.95,
) -> ByHardness:
    """TPR at a low FPR of scores (n,), for easy- and for hard-to-predict records apart (LDC-MIA 4.2.4).

    A record is easy if its `reference_scores` (n,), log p_y on a reference model that was trained without it
    (or the mean over several), is above -10, or above -5 where there are two classes. Each group has its own cut: its
    rate is at `fpr` of its own non-members. A group too small for that says what it needs.
    """
    threshold = EASY_ABOVE_BINARY if classes == 2 else EASY_ABOVE
    easy = reference_scores > threshold
    groups = [_tpr_within(scores[of], member[of], fpr, confidence) for of in (easy, ~easy)]
    return ByHardness(groups[0], groups[1], threshold)


def _tpr_within(scores: Floats, member: Bools, fpr: float, confidence: float) -> Quantity:
    if not member.any():
        return Quantity.unresolved(0, "needs >= 1 member, have 0", confidence)
    return tpr_at_fpr(scores, member, fpr, confidence)


def difficulty(member: Bools, called: Bools, reference_loss: Floats, confidence: float = 0.95) -> Difficulty:
    """Difficulty of exposed and hidden members (HP-MIA 5.2).

    `called` (n,) are the records that the attack calls members, `reference_loss` (n,) is the cross-entropy of each
    record, averaged over the reference models trained without it: the higher, the harder.
    """
    exposed, hidden = reference_loss[member & called], reference_loss[member & ~called]
    if len(exposed) and len(hidden):
        harder = auc(reference_loss[member], called[member], confidence)
    else:
        note = f"needs exposed and hidden members, have {len(exposed):,} and {len(hidden):,}"
        harder = Quantity.unresolved(min(len(exposed), len(hidden)), note, confidence)
    return Difficulty(np.sort(exposed), np.sort(hidden), mean(exposed, confidence), mean(hidden, confidence), harder)
