"""Decides the verdict: its level follows from what the attacks found and how the controls came out."""

from collections.abc import Sequence

from miaudit.auditing import wording
from miaudit.auditing.findings import is_leak
from miaudit.auditing.result import Controls, Finding, Level, Verdict
from miaudit.auditing.result.controls import WIDE


def level_of(found: Sequence[Finding], controls: Controls) -> Level:
    """The level that follows from attacks and controls; a failed control always changes it.

    The order matters. An audit that fails its own checks says nothing. Where members and non-members differ, only what
    goes beyond that difference is a leak. An attack that misses a built-in leak is no evidence that there is none.
    """
    if not found or not controls.null_passed:
        return "invalid"
    if controls.sides_differ:
        return "leaks" if leaks(found, controls) else "distribution_shift"
    if leaks(found, controls):
        return "leaks"
    if are_exchanged(found) or all(controls.is_blind(finding.name) for finding in found):
        return "invalid"
    seeing = proven_to_see(found, controls)
    if not seeing:
        return "too_few_records"
    if any(finding.sign is not None and finding.sign.clear for finding in found):
        return "weak_signs"
    if controls.references_unlike:
        return "references_unlike"
    return "too_few_records" if widest(seeing) > 0.5 + WIDE else "no_leak_found"


def leaks(found: Sequence[Finding], controls: Controls) -> list[Finding]:
    """Attacks that find a leak: where members and non-members differ, only those that find more than that."""
    able = [finding for finding in found if is_leak(finding, controls)]
    if not controls.sides_differ:
        return able
    return [
        finding for finding in able if finding.name in controls.beyond and controls.beyond[finding.name].goes_beyond
    ]


def proven_to_see(found: Sequence[Finding], controls: Controls) -> list[Finding]:
    """Attacks that did not miss the built-in leak; only these are evidence that there is no other."""
    return [finding for finding in found if not controls.missed(finding.name)]


def are_exchanged(found: Sequence[Finding]) -> bool:
    """Do members look less like training records than non-members do, beyond chance?"""
    return any((finding.auc.high or 1.0) < 0.5 for finding in found)


def widest(found: Sequence[Finding]) -> float:
    """The highest AUC that any of the attacks may have."""
    return max((finding.auc.high or 1.0) for finding in found)


def verdict(
    found: Sequence[Finding], controls: Controls, members: int, nonmembers: int, duplicates: str = ""
) -> Verdict:
    """The verdict: its level, a headline, and what a reader needs to know, in plain words.

    Args:
        found: what every attack found, the strongest first.
        controls: the audit's checks of itself.
        members: number of audited members.
        nonmembers: number of audited non-members.
        duplicates: a sentence on records that are both members and non-members; empty if there are none.
    """
    level = level_of(found, controls)
    proven = leaks(found, controls)
    seeing = proven_to_see(found, controls)
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
        answer = wording.too_few(widest(seeing or found))
    else:
        answer = wording.no_leak(widest(seeing), len(seeing), controls.references_unlike)
    if level in ("too_few_records", "no_leak_found", "references_unlike"):
        answer = wording.with_chance(answer, found)
    return wording.with_caveats(answer, found, controls, duplicates)


def _reason(found: Sequence[Finding], controls: Controls) -> str:
    if not found:
        return "No attack could be run."
    if not controls.null_passed:
        return "In the null control, an attack claims to distinguish two random halves of the non-members."
    if are_exchanged(found):
        return (
            "Members look less like training records than non-members do. Were the two swapped, or do they come from "
            "different distributions?"
        )
    return "In the positive control, every attack missed a leak that was built in."
