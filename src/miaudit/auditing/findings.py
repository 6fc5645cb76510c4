"""Computes the finding of every attack, with intervals corrected for the number of attacks and measures."""

from typing import NamedTuple

from miaudit.arrays import Bools, Floats
from miaudit.auditing.result import Controls, Finding, WeakSign
from miaudit.maths.normal import deviations
from miaudit.metrics.epsilon import epsilon
from miaudit.metrics.needed import records_to_settle
from miaudit.metrics.quantity import Quantity
from miaudit.metrics.roc import auc, tpr_at_fpr

ERROR = 0.05  # chance of a false leak in the verdict, over all attacks together
SIGN_ERROR = 0.1  # chance that any attack shows a clear sign where nothing leaks
ALONE = 0.95  # confidence of the interval of one attack taken alone
LOW_FPR = 0.01
QUESTIONS = 3  # measures of each attack: AUC, TPR, epsilon
SIGN_QUESTIONS = 2  # AUC, TPR


class Confidences(NamedTuple):
    """Confidences of the intervals that decide, one end of which counts, over all attacks together."""

    finding: float  # finds a leak in at most a share ERROR of audits without one
    sign: float  # finds a clear sign in at most a share SIGN_ERROR of these


def findings(scores: dict[str, Floats], truth: Bools) -> tuple[Finding, ...]:
    """Each attack's finding from its scores (n,) and the truth (n,), the highest AUC first."""
    tried = max(len(scores), 1)
    asked = Confidences(1 - ERROR / (QUESTIONS * tried), max(ALONE, 1 - 2 * SIGN_ERROR / (SIGN_QUESTIONS * tried)))
    found = [_finding(name, values, truth, asked) for name, values in scores.items()]
    return tuple(sorted(found, key=lambda finding: -(finding.auc.value or 0.0)))


def _finding(name: str, scores: Floats, truth: Bools, asked: Confidences) -> Finding:
    confidence = asked.finding
    return Finding(
        name=name,
        auc=auc(scores, truth, confidence),
        tpr=tpr_at_fpr(scores, truth, LOW_FPR, confidence),
        epsilon=epsilon(scores, truth, confidence),
        sign=_sign(scores, truth, asked),
    )


def is_leak(finding: Finding, controls: Controls) -> bool:
    """Is the attack better, beyond chance, than guessing and than an attacker who never asks the target?

    That attacker's own numbers count even where they are within chance: a difference between members and non-members
    that is too small to be proven may still be all that the attack sees.
    A bound on epsilon above 0 shows a leak as well: where few records leak, it may be the only number that does.
    """
    unasked, tpr_unasked = controls.auc_unasked, controls.tpr_unasked(LOW_FPR)
    by_auc, by_tpr = _exceeds(finding.auc, unasked), _exceeds(finding.tpr, tpr_unasked)
    is_higher = (finding.auc.value or 0.0) > unasked or (finding.tpr.value or 0.0) > tpr_unasked
    return by_auc or by_tpr or (is_higher and _exceeds(finding.epsilon, controls.epsilon_unasked))


def _sign(scores: Floats, truth: Bools, asked: Confidences) -> WeakSign | None:
    """The sign that the attack would show if it were the only one tried; None if there is none even then."""
    area, tpr = auc(scores, truth, ALONE), tpr_at_fpr(scores, truth, LOW_FPR, ALONE)
    needed = [
        records_needed(quantity, guess, len(truth), asked.finding)
        for quantity, guess in ((area, 0.5), (tpr, LOW_FPR))
        if _exceeds(quantity, guess)
    ]
    if not needed:
        return None
    by_auc = _exceeds(auc(scores, truth, asked.sign), 0.5)
    by_tpr = _exceeds(tpr_at_fpr(scores, truth, LOW_FPR, asked.sign), LOW_FPR)
    return WeakSign(clear=by_auc or by_tpr, auc=area, tpr=tpr, records=min(needed))


def _exceeds(quantity: Quantity, guess: float) -> bool:
    return quantity.low is not None and quantity.low > guess


def records_needed(alone: Quantity, guess: float, records: int, confidence: float) -> int:
    """Number of records with which four audits of five would confirm the sign, if `alone` is the true value.

    A sign is confirmed when its corrected interval lies above guessing.

    >>> alone = Quantity(value=0.52, low=0.5004, high=0.5396, n=1000)
    >>> records_needed(alone, 0.5, 2000, 0.95)  # (1.96 + 0.84)^2 / 2^2 = 1.96 times as many
    4000
    """
    if alone.value is None or alone.low is None:
        raise ValueError("a sign has a value and an interval")
    error = (alone.value - alone.low) / deviations(alone.confidence)
    return records_to_settle(error, alone.value - guess, records, confidence)
