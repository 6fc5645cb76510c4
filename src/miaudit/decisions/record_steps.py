"""Advises to audit more records: as many as a policy asks for, and as many as would settle what is still open."""

from collections.abc import Iterable
from typing import NamedTuple

from miaudit.auditing.grading import step_of
from miaudit.auditing.result import AuditResult, Finding, Grade
from miaudit.decisions.more_records import MoreRecords, asked_for, more, more_records
from miaudit.decisions.outcomes import GateResult
from miaudit.decisions.placing import (
    narrowest,
    outsiders_alone,
    outsiders_to_grade,
    records_to_grade,
    records_to_rule_out,
)
from miaudit.decisions.plain import STEP_NAMES, of_hundred
from miaudit.decisions.step import NextStep
from miaudit.metrics.needed import rounded_up
from miaudit.presenter import count


def has_all_members(result: AuditResult) -> bool:
    """Are all of the target's training records audited, as far as the audit knows?"""
    return result.references is not None and result.references.target_records <= result.target.members


class Records(NamedTuple):
    """More records to audit, and whether anything waits for them."""

    step: NextStep
    comes_first: bool  # does the verdict, or a decision, wait for them?


class _Advice(NamedTuple):
    """What to audit, and sentences that say why."""

    title: str
    why: tuple[str, ...]


def records_to_audit(result: AuditResult, decision: GateResult | None) -> Records | None:
    """The records that a decision lacks, with those that would settle what the numbers leave open; None for neither.

    Args:
        result: the audit.
        decision: a decision on it; None where there is none.
    """
    asked = None if decision is None else _asked_by_policy(result, decision)
    parts = [part for part in (asked, _settling_numbers(result)) if part is not None]
    if not parts:
        return None
    why = dict.fromkeys(sentence for part in parts for sentence in part.why)  # each sentence once
    is_open = result.verdict.level in ("too_few_records", "weak_signs")
    waits = asked is not None and decision is not None and decision.outcome != "fail"  # no record mends a failure
    return Records(NextStep(parts[0].title, " ".join(why)), comes_first=waits or is_open)


def _asked_by_policy(result: AuditResult, decision: GateResult) -> _Advice | None:
    """The records that the policy asks for, or those that would settle its decision."""
    if not result.target.members:
        return None
    settling = more_records(decision, result.target) if decision.outcome == "cannot_tell" else None
    lacking = settling or asked_for(decision, result.target)
    if not any(lacking):
        return None
    policy = f"policy `{decision.policy.title}`" if decision.policy.title else "policy"
    why = f"The {policy} asks for that many, whatever attacks find."
    if settling is not None:
        why = f"That would settle the decision by the {policy}, if what was measured is true."
    title = f"Audit {_wanted(result, lacking, settling is not None)}"
    return _Advice(title, (why, *(_all_audited(result) if lacking.members else ())))


def _wanted(result: AuditResult, lacking: MoreRecords, is_estimate: bool) -> str:
    about = "about " if is_estimate else ""
    members = f"{about}{more(lacking.members, 'training record')}"
    if has_all_members(result):
        members = f"a model with at least {count(result.target.members + lacking.members)} training records"
    kinds = ((lacking.members, members), (lacking.nonmembers, f"{about}{more(lacking.nonmembers, 'outsider')}"))
    return " and ".join(text for number, text in kinds if number)


def _settling_numbers(result: AuditResult) -> _Advice | None:
    """The number of records that would settle what the verdict or the grade leaves open."""
    level, found = result.verdict.level, result.findings
    if not found or result.controls.sides_differ:
        return None
    if level == "too_few_records":
        return _ruling_out(result)
    if level == "weak_signs":
        return _confirming(result)
    return _narrower(result)


def _ruling_out(result: AuditResult) -> _Advice:
    records = _audited(result)
    needed = records_to_rule_out(result.findings, records)
    if needed <= records:
        return _another_draw(result)
    why = (
        f"With about {count(needed)} records, {count(records)} here, four audits of five rule out a leak if there is "
        "none."
    )
    return _Advice(_audit(needed), (why, _short_side(result, needed / records), *_no_more_members(result)))


def _another_draw(result: AuditResult) -> _Advice:
    """As many records as there are rule a leak out most of the time: this audit is one of those where they do not."""
    records = _audited(result)
    why = (
        f"Four audits of five with {count(records)} records rule out a leak if there is none; this one does not. "
        "With twice as many, the intervals would be three tenths narrower."
    )
    return _Advice(_audit(rounded_up(2 * records)), (why, *_no_more_members(result)))


def _short_side(result: AuditResult, times: float) -> str:
    """Which records there are too few of, and how many outsiders alone would do.

    Where nothing leaks, an AUC varies with 1 / members + 1 / non-members.

    Args:
        result: the audit.
        times: how many times as many records of both kinds would do.
    """
    members, nonmembers = result.target.members, result.target.nonmembers
    share = members / (members + nonmembers)
    alone = nonmembers * outsiders_alone(times, share)
    if alone < float("inf"):
        return (
            f"Outsiders are what is short: with the same {count(members)} training records, about "
            f"{count(rounded_up(alone))} outsiders in all, {count(nonmembers)} here, do as much."
        )
    if outsiders_alone(times, 1 - share) < float("inf"):
        return "Training records are what is short: without more of them, no number of outsiders is enough."
    return "Both kinds are short: without more training records, no number of outsiders is enough."


def _confirming(result: AuditResult) -> _Advice:
    needed = _records_of_signs(result.findings)
    why = (
        f"With about {count(needed)} records, {count(_audited(result))} here, an audit would confirm the leak if the "
        "sign is as strong as it looks."
    )
    return _Advice(_audit(needed), (why, *_no_more_members(result)))


def _records_of_signs(found: Iterable[Finding]) -> int:
    return min(finding.sign.records for finding in found if finding.sign is not None and finding.sign.clear)


def _narrower(result: AuditResult) -> _Advice | None:
    """More records for a grade that its intervals leave open."""
    records, grade = _audited(result), result.grade
    if grade is None or grade.is_settled:
        return None
    needed = records_to_grade(result.findings, records)
    if needed is None or needed <= records:
        return None
    alone = outsiders_to_grade(result.findings, result.target.members, result.target.nonmembers)
    opening = f"With the {count(records)} records of this audit, {_open_now(grade)}."
    outsiders = _outsiders(result, grade, alone)
    if not has_all_members(result):
        all_kinds = f"If what was measured is true, about {count(needed)} in all would place it in one step."
        return _Advice(_audit(needed), (opening, all_kinds, outsiders))
    title = "Audit a model with more training records" if alone is None else f"Audit about {count(alone)} outsiders"
    another = (
        f"For a comparable model that leaks as much, about {count(needed)} records in all, {count(records)} here, "
        "would place the leak in one step."
    )
    return _Advice(title, (opening, outsiders, *_all_audited(result), another))


def _open_now(grade: Grade) -> str:
    low, high = (STEP_NAMES[bound.step].lower() for bound in (grade.lower, grade.upper))
    if grade.lower.step == "none_found":
        return f"a {high} leak cannot be ruled out"
    return f"the leak lies anywhere from {low} to {high}"


def _outsiders(result: AuditResult, grade: Grade, alone: int | None) -> str:
    """How many outsiders alone would place the leak in one step, or how far they narrow it where no number does."""
    if alone is not None:
        return (
            f"With the same {count(result.target.members)} training records, about {count(alone)} outsiders in all "
            f"({count(result.target.nonmembers)} here) would place it in one step."
        )
    found = {finding.name: finding.tpr for finding in result.findings}
    if grade.lower.measure != "tpr" or grade.lower.attack not in found:
        return "More outsiders alone would not place it in one step."
    rate = found[grade.lower.attack]
    low, high = narrowest(rate, result.target.members)
    steps = [STEP_NAMES[step_of("tpr", end)].lower() for end in (low, high)]
    still = "" if steps[0] == steps[1] else f", still {steps[0]} to {steps[1]}"
    return (
        "More outsiders alone would not place it in one step: even unlimited ones narrow "
        f"{of_hundred(rate.low or 0.0)} to {of_hundred(rate.high or 1.0)} of 100 to about {of_hundred(low)} to "
        f"{of_hundred(high)} at best{still}."
    )


def _no_more_members(result: AuditResult) -> tuple[str, ...]:
    """What to do where no training record is left; empty where some are."""
    found = _all_audited(result)
    return (*found, "For more of them, audit a comparable model that was trained on more.") if found else ()


def _all_audited(result: AuditResult) -> tuple[str, ...]:
    """That no training record is left; empty where some are."""
    if not has_all_members(result):
        return ()
    return (f"All {count(result.target.members)} training records of this model are audited already.",)


def _audit(needed: int) -> str:
    return f"Audit about {count(needed)} records in all"


def _audited(result: AuditResult) -> int:
    return result.target.members + result.target.nonmembers
