"""Says in plain words, for readers who are not programmers, how much an audit found."""

from miaudit.auditing.findings import LOW_FPR
from miaudit.auditing.grading import Measure
from miaudit.auditing.result import AuditResult, Finding, Grade, Level, Step
from miaudit.auditing.verdict import proven_to_see, widest
from miaudit.metrics.quantity import Quantity
from miaudit.presenter import count

STEP_NAMES: dict[Step, str] = {
    "none_found": "None found",
    "slight": "Slight",
    "moderate": "Moderate",
    "strong": "Strong",
    "severe": "Severe",
}
NO_GRADE: dict[Level, str] = {
    "invalid": "The audit failed its own checks.",
    "too_few_records": "There are too few records to tell.",
    "distribution_shift": "Training records and outsiders differ, with or without the model.",
    "references_unlike": "The attackers’ own models are not like this one, so they may have missed a leak.",
}
EARLIER = "This result holds no intervals that are corrected for the number of attacks."


def grade_name(grade: Grade) -> str:
    """The grade in a few words; where the intervals do not fit into one step, the lowest and the highest they reach.

    >>> from miaudit.auditing.result import Bound
    >>> low, high = (Bound(step=step, attack="lira", measure="tpr", value=0.1) for step in ("slight", "strong"))
    >>> grade_name(Grade(lower=low, upper=high)), grade_name(Grade(lower=low, upper=low))
    ('Leak of unclear size: slight to strong', 'Slight leak')
    """
    low, high = (STEP_NAMES[bound.step].lower() for bound in (grade.lower, grade.upper))
    if grade.is_settled:
        return "No leak found" if grade.lower.step == "none_found" else f"{low.capitalize()} leak"
    if grade.lower.step == "none_found":
        return f"No leak proven; at most {high} for the attacks tried"
    return f"Leak of unclear size: {low} to {high}"


def not_graded(result: AuditResult) -> str:
    """Why the audit has no grade; only for one that has none."""
    return NO_GRADE.get(result.verdict.level, EARLIER)


def of_hundred(value: float) -> str:
    """A share as a number of 100, with a digit after the point below 10.

    >>> of_hundred(0.0646), of_hundred(0.01), of_hundred(0.1104), of_hundred(0.0001)
    ('6.5', '1', '11', '0')
    """
    digits = 1 if 100 * value < 9.95 else 0
    return f"{float(f'{100 * value:.{digits}f}'):g}"


def in_plain_words(result: AuditResult) -> str:
    """What an attacker can do, in one sentence or two; empty where nothing was measured that can be used."""
    level, found = result.verdict.level, result.findings
    if level == "distribution_shift":
        return (
            "The training records and the outsiders differ even without the model. What the attacks find cannot be "
            "told apart from that difference."
        )
    if level == "invalid" or not found:
        return ""
    if level == "too_few_records":
        return (
            f"With {count(result.target.members)} training records and {count(result.target.nonmembers)} outsiders, an "
            "attacker could pick the training record out of a pair in "
            f"{of_hundred(widest(proven_to_see(found, result.controls) or found))} of 100 tries, and it would still "
            "look like guessing, which is right in 50."
        )
    if level == "leaks" and result.controls.sides_differ:
        return _beyond(result)
    measure, number = _best(found, result.grade)
    sentence = rate_sentence(number) if measure == "tpr" else pair_sentence(number)
    if level == "leaks":
        return sentence
    if level == "weak_signs":
        return f"{sentence} This is a sign of a leak, not a proof."
    return f"{sentence} Chance alone can explain that."


def is_by_rate(result: AuditResult) -> bool:
    """Does the sentence of `in_plain_words` give the rate at 1 % FPR of an attack?"""
    level = result.verdict.level
    if level in ("distribution_shift", "invalid", "too_few_records") or not result.findings:
        return False
    if level == "leaks" and result.controls.sides_differ:
        return False
    return _best(result.findings, result.grade)[0] == "tpr"


def _best(found: tuple[Finding, ...], grade: Grade | None) -> tuple[Measure, Quantity]:
    """The number that the grade rests on, else the rate that is surest, else the highest AUC."""
    by_name = {finding.name: finding for finding in found}
    sure = [finding for finding in found if finding.tpr.low is not None]
    if grade is not None:
        finding = by_name.get(grade.lower.attack, found[0])
        return ("tpr", finding.tpr) if grade.lower.measure == "tpr" else ("auc", finding.auc)
    if sure:
        return "tpr", max(sure, key=lambda finding: (finding.tpr.low or 0.0, finding.tpr.value or 0.0)).tpr
    return "auc", found[0].auc


def rate_sentence(rate: Quantity) -> str:
    """A true positive rate at 1 % FPR in a sentence.

    >>> rate_sentence(Quantity(value=0.0646, low=0.0156, high=0.1104, n=898))
    'Wrongly accusing 1 of 100 outsiders, an attacker finds 6.5 of 100 training records (1.6 to 11; guessing finds 1).'
    """
    found, low, high = _of_hundred_each(rate)
    return (
        f"Wrongly accusing {of_hundred(LOW_FPR)} of 100 outsiders, an attacker finds {found} of 100 training records "
        f"({low} to {high}; guessing finds {of_hundred(LOW_FPR)})."
    )


def pair_sentence(area: Quantity) -> str:
    """An AUC in a sentence.

    >>> pair_sentence(Quantity(value=0.634, low=0.594, high=0.673, n=898))
    'From a pair, an attacker picks the training record in 63 of 100 tries (59 to 67; guessing is right in 50).'
    """
    found, low, high = _of_hundred_each(area)
    return (
        f"From a pair, an attacker picks the training record in {found} of 100 tries "
        f"({low} to {high}; guessing is right in 50)."
    )


def _beyond(result: AuditResult) -> str:
    """The largest lead over what can be seen without asking the model; empty where no attack has one."""
    leads = [beside.auc for beside in result.controls.beyond.values() if beside.goes_beyond]
    best = max(leads, key=lambda lead: lead.value or 0.0, default=None)
    if best is None:
        return ""
    found, low, high = _of_hundred_each(best)
    return (
        "The training records and the outsiders differ even without the model. Yet by asking it, an attacker picks the "
        f"training record out of a pair in {found} more of 100 tries than without asking ({low} to {high})."
    )


def _of_hundred_each(quantity: Quantity) -> tuple[str, str, str]:
    """Value and both ends of the interval, of a hundred."""
    found, low, high = (of_hundred(end or 0.0) for end in (quantity.value, quantity.low, quantity.high))
    return found, low, high
