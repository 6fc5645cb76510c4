"""The decision of a gate, as the first screen of an audit's page shows it."""

from typing import NamedTuple

from miaudit import presenter
from miaudit.decisions.outcomes import GateResult, Outcome, RuleOutcome

SUMMED_UP: dict[Outcome, str] = {
    "pass": "Within all limits",
    "fail": "Beyond a limit",
    "cannot_tell": "Cannot be told",
}
WORDS: dict[Outcome, str] = {"pass": "met", "fail": "not met", "cannot_tell": "cannot be told"}
STATES: dict[Outcome, str] = {"pass": "passed", "fail": "failed", "cannot_tell": "unknown"}  # in the style sheet


class DecidedRow(NamedTuple):
    """One rule of the policy, or a condition that is not met."""

    title: str
    value: str
    words: str
    state: str


class Decided(NamedTuple):
    """A decision in words."""

    policy: str
    outcome: Outcome
    words: str
    rows: tuple[DecidedRow, ...]


def decided_in_words(decision: GateResult) -> Decided:
    """The decision, its rules, and the conditions that are not met."""
    unmet = tuple(
        DecidedRow(f"{condition.title[:1].upper()}{condition.title[1:]}", condition.found, "not met", "failed")
        for condition in decision.conditions
        if not condition.met
    )
    return Decided(
        policy=decision.policy.title,
        outcome=decision.outcome,
        words=SUMMED_UP[decision.outcome],
        rows=(*(_row(rule) for rule in decision.rules), *unmet),
    )


def _row(rule: RuleOutcome) -> DecidedRow:
    check = rule.telling
    ends = [presenter.label(end) for end in (check.low, check.high) if end is not None]
    measured = f"{' to '.join(ends)} ({check.where})" if ends else (check.note or "not measured")
    needed = ""
    if check.records_needed:
        needed = f"; about {presenter.count(check.records_needed)} records in all would decide this rule"
    title = f"{rule.title}, at most {presenter.label(rule.limit)}"
    return DecidedRow(title, f"{measured}{needed}", WORDS[rule.outcome], STATES[rule.outcome])
