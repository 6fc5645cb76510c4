"""The answer in plain words, corrected for the number of attacks that were tried."""

from dataclasses import dataclass

from miaudit.arrays import Bools, Floats
from miaudit.auditing.result import Controls, Verdict
from miaudit.metrics.epsilon import epsilon
from miaudit.metrics.quantity import Quantity
from miaudit.metrics.roc import auc, tpr_at_fpr

WIDE = 0.05  # an AUC interval that reaches further above 0.5 than this cannot tell "safe" from "leaks"
ERROR = 0.05  # chance that the verdict finds a leak where there is none, over all attacks together
LOW_FPR = 0.01
QUESTIONS = 3  # asked of each attack: AUC, TPR, epsilon


@dataclass(frozen=True)
class Finding:
    """One attack's advantage, at a confidence corrected for the number of attacks."""

    name: str
    auc: Quantity
    tpr: Quantity  # at 1 % FPR
    epsilon: Quantity

    @property
    def is_leak(self) -> bool:
        """Is the attack better than guessing, beyond chance?"""
        by_auc = self.auc.low is not None and self.auc.low > 0.5
        by_tpr = self.tpr.low is not None and self.tpr.low > LOW_FPR
        return by_auc or by_tpr


def findings(scores: dict[str, Floats], truth: Bools) -> list[Finding]:
    """Every attack's finding, the strongest AUC first."""
    confidence = 1 - ERROR / (QUESTIONS * max(len(scores), 1))
    found = [
        Finding(
            name,
            auc(values, truth, confidence),
            tpr_at_fpr(values, truth, LOW_FPR, confidence),
            epsilon(values, truth, confidence),
        )
        for name, values in scores.items()
    ]
    return sorted(found, key=lambda finding: -(finding.auc.value or 0.0))


def verdict(found: list[Finding], controls: Controls, members: int, duplicates: str = "") -> Verdict:
    """Leak, no leak found, too few records to tell, or an audit that failed its own checks.

    `duplicates` tells of records that are members and non-members, if there are any.
    """
    if not found:
        return Verdict(level="invalid", headline="No attack could be run.", sentences=())
    blind = [name for name, of in controls.positive.items() if (of["auc"].low or 0.0) <= 0.5]
    leaks = [finding for finding in found if finding.is_leak]
    widest = max((finding.auc.high or 1.0) for finding in found)
    if not controls.null_passed:
        return _invalid("In the null control an attack found a difference between non-members and non-members.")
    if not leaks and any((finding.auc.high or 1.0) < 0.5 for finding in found):
        return _invalid(
            "Members look less like training records than non-members do. Are the two exchanged, or do they come from "
            "different distributions?"
        )
    if leaks:
        answer = _leaks(leaks, len(found), members)
    elif widest > 0.5 + WIDE:
        answer = _too_few(widest)
    elif len(blind) == len(found):
        return _invalid("In the positive control every attack missed a leak that was built in.")
    else:
        answer = _no_leak(widest, len(found))
    return answer.model_copy(update={"sentences": answer.sentences + _caveats(blind, controls, duplicates)})


def _too_few(widest: float) -> Verdict:
    return Verdict(
        level="too_few_records",
        headline="Too few records to tell.",
        sentences=(
            "No attack did better than guessing, but with these records an attack could be right in "
            f"{_percent(widest, 0)} of comparisons between a member and a non-member and still look like chance.",
            "Audit more records, non-members above all, before calling the model safe.",
        ),
    )


def _no_leak(widest: float, tried: int) -> Verdict:
    return Verdict(
        level="no_leak_found",
        headline="No leak found by these attacks.",
        sentences=(
            f"None of {tried} attacks told members from non-members better than guessing. With this many records "
            f"an attack that is right in more than {_percent(widest, 0)} of comparisons would have shown.",
            "This is no proof: a stronger attack, or one with more reference models, may still find a leak.",
        ),
    )


def _leaks(leaks: list[Finding], tried: int, members: int) -> Verdict:
    best = leaks[0]
    sentences = [
        f"{len(leaks)} of {tried} attacks tell members from non-members better than guessing. The strongest, "
        f"{best.name}, ranks a random member above a random non-member in {_percent(best.auc.value)} of comparisons "
        "(guessing: 50 %).",
    ]
    sharp = [finding for finding in leaks if finding.tpr.value is not None and (finding.tpr.low or 0.0) > LOW_FPR]
    if sharp:
        sharpest = max(sharp, key=lambda finding: finding.tpr.value or 0.0)
        count = (sharpest.tpr.value or 0.0) * members
        sentences.append(
            f"Wrongly accusing 1 in 100 non-members, {sharpest.name} recognises {_percent(sharpest.tpr.value)} of the "
            f"members (guessing: 1 %; at least {_percent(sharpest.tpr.low)}), about {count:,.0f} of {members:,}."
        )
    bound = max((finding.epsilon.low or 0.0) for finding in leaks)
    if bound > 0:
        sentences.append(
            f"If members were drawn at random, training was not (epsilon, 0)-differentially private for any epsilon "
            f"below {bound:.2f} (95 % confidence for all attacks together; the tables bound each attack alone)."
        )
    return Verdict(level="leaks", headline="The model leaks who was in its training data.", sentences=tuple(sentences))


def _caveats(blind: list[str], controls: Controls, duplicates: str) -> tuple[str, ...]:
    """What a reader must know beside the answer."""
    said = []
    if blind:
        said.append(
            f"Blind on this model's outputs: {', '.join(blind)} (missed a leak that was built in as a check). Low "
            "numbers of these attacks mean nothing here."
        )
    shift = controls.same_distribution
    if shift is not None and shift.low is not None and shift.high is not None and not shift.low <= 0.5 <= shift.high:
        said.append(
            "Members and non-members differ even for models that saw neither (AUC "
            f"{shift.text()}): part of what the attacks find may be that difference and not a leak."
        )
    return (*said, f"{duplicates}.") if duplicates else tuple(said)


def _invalid(reason: str) -> Verdict:
    return Verdict(
        level="invalid",
        headline="The audit failed its own checks: do not use its numbers.",
        sentences=(reason, "The table of controls tells more."),
    )


def _percent(share: float | None, digits: int = 1) -> str:
    return "-" if share is None else f"{share * 100:.{digits}f} %"
