"""The decision: which level an audit's findings and controls amount to."""

from collections.abc import Sequence

from miaudit.auditing import wording
from miaudit.auditing.findings import is_leak
from miaudit.auditing.result import Controls, Finding, Level, Verdict

WIDE = 0.05  # an AUC interval that reaches further above 0.5 than this cannot tell "safe" from "leaks"


def level_of(found: Sequence[Finding], controls: Controls) -> Level:
    """The level that follows from attacks and controls; a failed control always changes it.

    The order is that of the reasons: an audit that fails its own checks says nothing; where members and non-members
    differ only what goes beyond that is a leak; an attack that misses a leak built in cannot say that there is none.
    """
    if not found or not controls.null_passed:
        return "invalid"
    if controls.sides_differ:
        return "leaks" if leaks(found, controls) else "distribution_shift"
    if leaks(found, controls):
        return "leaks"
    seeing = [finding for finding in found if not controls.is_blind(finding.name)]
    if are_exchanged(found) or not seeing:
        return "invalid"
    if any(finding.sign for finding in found):
        return "weak_signs"
    if controls.references_unlike:
        return "references_unlike"
    return "too_few_records" if widest(seeing) > 0.5 + WIDE else "no_leak_found"


def leaks(found: Sequence[Finding], controls: Controls) -> list[Finding]:
    """Attacks that find a leak; where members and non-members differ, those that go beyond that difference."""
    able = [finding for finding in found if is_leak(finding, controls)]
    if not controls.sides_differ:
        return able
    return [
        finding for finding in able if finding.name in controls.beyond and controls.beyond[finding.name].goes_beyond
    ]


def are_exchanged(found: Sequence[Finding]) -> bool:
    """Do members look less like training records than non-members do, beyond chance?"""
    return any((finding.auc.high or 1.0) < 0.5 for finding in found)


def widest(found: Sequence[Finding]) -> float:
    """The highest AUC that any of the attacks may have."""
    return max((finding.auc.high or 1.0) for finding in found)


def verdict(
    found: Sequence[Finding], controls: Controls, members: int, nonmembers: int, duplicates: str = ""
) -> Verdict:
    """The level in plain words.

    Args:
        found: what every attack found, the strongest first.
        controls: the audit's checks of itself.
        members: how many were audited.
        nonmembers: how many were audited.
        duplicates: tells of records that are members and non-members, if there are any.
    """
    level = level_of(found, controls)
    proven = leaks(found, controls)
    seeing = [finding for finding in found if not controls.is_blind(finding.name)]
    if level == "invalid":
        return wording.invalid(_reason(found, controls))
    if level == "distribution_shift":
        answer = wording.distribution_shift(found, controls)
    elif level == "leaks" and controls.sides_differ:
        answer = wording.leaks_beyond(proven, controls)
    elif level == "leaks":
        answer = wording.leaks(proven, found, members)
    elif level == "weak_signs":
        answer = wording.weak_signs(found, controls, members + nonmembers)
    elif level == "too_few_records":
        answer = wording.too_few(widest(seeing))
    else:
        answer = wording.no_leak(widest(seeing), len(seeing), controls.references_unlike)
    return wording.with_caveats(answer, found, controls, duplicates)


def _reason(found: Sequence[Finding], controls: Controls) -> str:
    if not found:
        return "No attack could be run."
    if not controls.null_passed:
        return "In the null control an attack found a difference between non-members and non-members."
    if are_exchanged(found):
        return (
            "Members look less like training records than non-members do. Are the two exchanged, or do they come from "
            "different distributions?"
        )
    return "In the positive control every attack missed a leak that was built in."
