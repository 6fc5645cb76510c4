"""All metrics of one attack, and the AUC that it reaches where nothing can leak."""

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from miaudit.arrays import Bools, Floats
from miaudit.errors import UserError
from miaudit.metrics.accuracy import balanced_accuracy
from miaudit.metrics.epsilon import epsilon
from miaudit.metrics.precision_recall import precision_at_recall
from miaudit.metrics.quantity import Quantity
from miaudit.metrics.roc import auc, tpr_at_fpr
from miaudit.metrics.ties import FirstCut, first_cut, randomised_tpr_at_fpr

FPRS = ("0.01", "0.001", "0.0001")
RECALLS = ("0.2", "0.3", "0.4", "0.5", "0.6", "0.7")


class Summary(BaseModel):
    """What scores tell about the membership of records."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    auc: Quantity
    """Area under the ROC curve: 0.5 is guessing, 1 separates every member from every non-member."""
    balanced_accuracy: Quantity
    """Mean of the true positive and the true negative rate at the best cut, as in the papers."""
    tpr_at_fpr: dict[str, Quantity]
    """True positive rate at the false positive rates "0.01", "0.001" and "0.0001"."""
    precision_at_recall: dict[str, Quantity]
    """Precision where the recall is "0.2", "0.3", ... "0.7"."""
    epsilon: Quantity
    """Privacy loss that the scores show; its `low` is the lower bound on epsilon."""
    first_cut: FirstCut | None = None
    """The strictest rule that calls any record a member; None in results of older versions."""
    randomised_tpr_at_fpr: dict[str, Quantity] = Field(default_factory=dict)
    """True positive rate at exactly these false positive rates, with ties at the cut broken at random."""


def summarise(scores: Floats, member: Bools, confidence: float = 0.95) -> Summary:
    """Compute all metrics of scores against the truth.

    Args:
        scores: (n,) higher for members.
        member: (n,) the truth; at least one record of each kind.
        confidence: of the two-sided interval, in (0, 1).

    Raises:
        UserError: a score is not finite, the lengths differ, or only one kind of record is there.
    """
    check_scores(scores, member)
    return Summary(
        auc=auc(scores, member, confidence),
        balanced_accuracy=balanced_accuracy(scores, member, confidence),
        tpr_at_fpr={fpr: tpr_at_fpr(scores, member, float(fpr), confidence) for fpr in FPRS},
        precision_at_recall={
            recall: precision_at_recall(scores, member, float(recall), confidence) for recall in RECALLS
        },
        epsilon=epsilon(scores, member, confidence),
        first_cut=first_cut(scores, member),
        randomised_tpr_at_fpr={fpr: randomised_tpr_at_fpr(scores, member, float(fpr), confidence) for fpr in FPRS},
    )


def check_scores(scores: Floats, member: Bools) -> None:
    """Raise UserError if scores and membership do not fit together, or a score is not finite."""
    if scores.ndim != 1 or scores.shape != member.shape:
        raise UserError(f"expected a score and a membership per record; got shapes {scores.shape} and {member.shape}")
    bad = np.flatnonzero(~np.isfinite(scores))
    if len(bad):
        raise UserError(
            f"expected finite scores; {len(bad)} of {len(scores)} are not, the first is {scores[bad[0]]} "
            f"at record {bad[0]}: remove or repair them"
        )
    members = int(np.sum(member))
    if members in (0, len(member)):
        raise UserError(
            f"expected members and non-members; got {members} members and {len(member) - members} non-members: "
            "add records of the missing kind"
        )


def null_interval(
    scores_of_nonmembers: Floats, rng: np.random.Generator, n_attacks: int, confidence: float = 0.95
) -> Quantity:
    """Compute the AUC where a random half of the non-members is called members, so that no attack may win.

    Args:
        scores_of_nonmembers: (k,) scores of the non-members alone.
        rng: draws the half.
        n_attacks: number of attacks that are looked at together, for which the confidence is corrected (Bonferroni).
        confidence: of all intervals together, in (0, 1).

    Raises:
        UserError: fewer than two non-members.
    """
    total = len(scores_of_nonmembers)
    if total < 2:
        raise UserError(f"the null control expects >= 2 non-members, got {total}: add non-members")
    called = np.zeros(total, dtype=bool)
    called[rng.permutation(total)[: total // 2]] = True
    return auc(scores_of_nonmembers, called, 1.0 - (1.0 - confidence) / n_attacks)
