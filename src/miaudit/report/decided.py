"""The decision of a gate, as the first screen of an audit's page shows it."""

from typing import NamedTuple

from miaudit import presenter
from miaudit.auditing.result import AuditResult
from miaudit.decisions.more_records import more, more_records
from miaudit.decisions.outcomes import Check, ConditionOutcome, GateResult, Outcome, RuleOutcome
from miaudit.decisions.record_steps import has_all_members

SUMMED_UP: dict[Outcome, str] = {
    "pass": "May be released",
    "fail": "Do not release",
    "cannot_tell": "Cannot be told",
}
WORDS: dict[Outcome, str] = {"pass": "met", "fail": "not met", "cannot_tell": "cannot be told"}
STATES: dict[Outcome, str] = {"pass": "passed", "fail": "failed", "cannot_tell": "unknown"}  # in the style sheet
SHARES = ("tpr_at_fpr", "precision", "tpr_change")  # measures that the page prints in per cent
IN_PLAIN_WORDS = {
    "auc": "AUC: the share of pairs told apart.",
    "tpr_at_fpr": "TPR: the share of training records found; FPR: the share of outsiders wrongly accused.",
}


class DecidedRow(NamedTuple):
    """One rule of the policy, or a condition that is not met."""

    title: str
    value: str
    words: str
    state: str
    is_final: bool = False  # can this model never meet it?


class Decided(NamedTuple):
    """A decision in words."""

    policy: str
    outcome: Outcome
    words: str
    settled_by: str  # what would settle it, or why nothing can; empty where there is nothing to say
    rows: tuple[DecidedRow, ...]
    measures: tuple[str, ...]  # what is limited, in plain words


def decided_in_words(decision: GateResult, result: AuditResult) -> Decided:
    """The decision on an audit, its rules, and the conditions that are not met."""
    unmet = tuple(_unmet(condition, result) for condition in decision.conditions if not condition.met)
    measures = [rule.measure for rule in decision.policy.rules]
    is_open = decision.outcome == "cannot_tell"  # else nothing is left to settle
    rules = (_row(rule, measure, is_open) for rule, measure in zip(decision.rules, measures, strict=True))
    return Decided(
        policy=decision.policy.title,
        outcome=decision.outcome,
        words=SUMMED_UP[decision.outcome],
        settled_by=_settled_by(decision, result) if is_open else _never_met(unmet),
        rows=(*rules, *unmet),
        measures=tuple(text for measure, text in IN_PLAIN_WORDS.items() if measure in measures),
    )


def _never_met(unmet: tuple[DecidedRow, ...]) -> str:
    """What no defence and no further outsider can change; empty where there is no such thing."""
    return (
        "this model has too few training records ever to meet it, with or without a defence"
        if any(row.is_final for row in unmet)
        else ""
    )


def _settled_by(decision: GateResult, result: AuditResult) -> str:
    """How many more records would settle an open decision; empty where no number is known."""
    lacking = more_records(decision, result.target)
    if lacking is None or not any(lacking):
        return ""
    kinds = {"training record": lacking.members, "outsider": lacking.nonmembers}
    missing = " and ".join(more(number, kind) for kind, number in kinds.items() if number)
    if lacking.members and has_all_members(result):
        return f"about {missing} would settle it, but all training records are audited: audit a model that has more"
    return f"about {missing} would settle it"


def _unmet(condition: ConditionOutcome, result: AuditResult) -> DecidedRow:
    """A condition that is not met, and whether this model can ever meet it."""
    never = condition.counted == "members" and has_all_members(result)
    value = f"{condition.found}, all of this model’s training records" if never else condition.found
    return DecidedRow(f"{condition.title[:1].upper()}{condition.title[1:]}", value, "not met", "failed", never)


def _row(rule: RuleOutcome, measure: str, is_open: bool) -> DecidedRow:
    title = f"{rule.title}, at most {presenter.limit(rule.limit) if measure in SHARES else presenter.label(rule.limit)}"
    value = _measured(rule.telling, measure)
    needed = rule.telling.records_needed
    if needed and is_open:
        value += f"; about {presenter.count(needed)} records in all would decide this rule"
    return DecidedRow(title, "; ".join(filter(None, (value, rule.note))), WORDS[rule.outcome], STATES[rule.outcome])


def _measured(check: Check, measure: str) -> str:
    """What was measured, and the end of its interval that decides; both where neither does."""
    if check.value is None:
        return check.note or "not measured"
    parts = (f"measured {_number(check.value, measure)} ({check.where})", *_ends(check, measure), check.note)
    return ", ".join(filter(None, parts))


def _ends(check: Check, measure: str) -> tuple[str, ...]:
    """The end of the interval that decides, or all ends that are known where none does, and what each holds for."""
    is_corrected = check.low_confidence > check.high_confidence
    every, single = (" for all checks", " for this check") if is_corrected else ("", "")
    low = "" if check.low is None or check.outcome == "pass" else f"at least {_number(check.low, measure)}{every}"
    high = "" if check.high is None or check.outcome == "fail" else f"at most {_number(check.high, measure)}{single}"
    return low, high


def _number(value: float, measure: str) -> str:
    return presenter.share(value) if measure in SHARES else presenter.label(value)
