"""Tests whether attacks find more than the difference between members and non-members.

If members and non-members differ, an attack that only recognises this difference proves no leak. It does prove one if
it finds more, on the same records, than anybody who never asks the target, and also finds the members of a shadow model
that was trained on records drawn at random from both sides, where no difference can help. The first is not enough
alone, because a baseline can be too weak to see what the target's outputs show; nor is the second, because it is about
another model.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from miaudit.arrays import Bools, Floats
from miaudit.auditing.result import Beyond, Finding
from miaudit.metrics.paired import auc_difference
from miaudit.metrics.quantity import Quantity
from miaudit.metrics.roc import auc, tpr_at_fpr

LOW_FPR = 0.01
OnRandom = Callable[[str], tuple[Floats, Bools] | None]  # an attack's scores and the truth; None where it has no shadow


@dataclass(frozen=True, eq=False)
class Rivals:
    """The scores (n,) of attackers who never ask the target, and the truth (n,)."""

    scores: Sequence[Floats]
    truth: Bools

    @classmethod
    def of(cls, scores: Sequence[Floats], truth: Bools) -> "Rivals":
        """The rivals, with scores negated that rank members below non-members, since that separates the two as well."""
        return cls([values if (auc(values, truth).value or 0.0) >= 0.5 else -values for values in scores], truth)

    def lead(self, scores: Floats, confidence: float) -> Quantity:
        """The lead in AUC of scores (n,) over the strongest rival."""
        leads = [auc_difference(scores, rival, self.truth, confidence) for rival in self.scores]
        return min(leads, key=lambda lead: lead.low or -1.0)

    def highest_tpr(self, confidence: float) -> float:
        """The highest TPR at 1 % FPR that any rival may have, by the upper end of its interval."""
        return max(tpr_at_fpr(rival, self.truth, LOW_FPR, confidence).high or 1.0 for rival in self.scores)


def beyond(
    found: Sequence[Finding], scores: dict[str, Floats], rivals: Rivals, on_random: OnRandom
) -> dict[str, Beyond]:
    """Compare every attack with the rivals, at the findings' confidence, which is corrected for the number of attacks.

    Args:
        found: what every attack found.
        scores: (n,) of every attack, on the same records as the rivals' scores.
        rivals: the blind baseline, and the references' view where there is one.
        on_random: gives scores and truth of an attack on a model with randomly drawn members; called only for attacks
            that find more than the rivals.
    """
    confidence = found[0].auc.confidence
    limit = rivals.highest_tpr(confidence)
    result = {}
    for finding in found:
        lead = rivals.lead(scores[finding.name], confidence)
        leads = (lead.low or 0.0) > 0.0 or (finding.tpr.low or 0.0) > limit
        drawn = on_random(finding.name) if leads else None
        proof = None if drawn is None else auc(*drawn, confidence)
        result[finding.name] = Beyond(
            auc=lead,
            goes_beyond=drawn is not None and proves(*drawn, confidence),
            drawn_at_random=proof,
        )
    return result


def proves(scores: Floats, truth: Bools, confidence: float) -> bool:
    """Do scores (n,) rank the members (n,) of a random draw above the others, beyond chance?"""
    by_auc = auc(scores, truth, confidence).low or 0.0
    by_tpr = tpr_at_fpr(scores, truth, LOW_FPR, confidence).low or 0.0
    return by_auc > 0.5 or by_tpr > LOW_FPR
