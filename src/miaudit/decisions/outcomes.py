"""What a gate decided, and everything that the decision follows from, so that it can be taken again without scores."""

from collections.abc import Iterable
from typing import Literal

from pydantic import ConfigDict, Field, model_validator

from miaudit import presenter
from miaudit.auditing.result.base import Record
from miaudit.card import Table, Tint, card
from miaudit.decisions.policy import Policy
from miaudit.messages import printable_json

SCHEMA = "miaudit.gate/1"
Outcome = Literal["pass", "fail", "cannot_tell"]
Counted = Literal["members", "nonmembers", "models"]
EXIT_CODES: dict[Outcome, int] = {"pass": 0, "fail": 1, "cannot_tell": 3}
TINTS: dict[Outcome, Tint] = {"pass": "good", "fail": "bad", "cannot_tell": "warn"}
WORDS: dict[Outcome, str] = {"pass": "pass", "fail": "fail", "cannot_tell": "cannot tell"}


class Check(Record):
    """One measure of one attack, on all records or on one group, against the limit of a rule."""

    attack: str
    """Title of the attack."""
    group: str | None = None
    """Value of the rule's column; None where all records count."""
    members: int
    """Number of members that were measured."""
    nonmembers: int
    """Number of non-members that were measured."""
    value: float | None
    """The measure; None where there are too few records to measure it."""
    low: float | None
    """Lower end, which decides on a fail; None where there is none."""
    low_confidence: float
    """One-sided confidence of the lower end, corrected for the number of checks of the gate."""
    high: float | None
    """Upper end, which decides on a pass; None where there is none."""
    high_confidence: float
    """One-sided confidence of the upper end. A pass needs every check, so it takes no correction."""
    outcome: Outcome
    """fail: the lower end is above the limit; pass: the upper end is at most the limit; else cannot tell."""
    records_needed: int | None = None
    """About how many records would settle a check that cannot tell; None where even 50 times as many would not."""
    note: str = ""
    """Why the check cannot tell, where its interval does not show why."""

    @property
    def where(self) -> str:
        """Attack and group in words."""
        return self.attack if self.group is None else f"{self.attack}, {self.group}"


class RuleOutcome(Record):
    """The outcome of one rule."""

    title: str
    """The rule in words."""
    limit: float
    """The largest value that is allowed."""
    outcome: Outcome
    """fail if any check fails, pass if all pass, else cannot tell."""
    note: str = ""
    """Why no check could make the rule pass; empty where they could."""
    checks: tuple[Check, ...]
    """One for each attack and group, in the order of the audit."""

    @property
    def telling(self) -> Check:
        """The check that decides: the one with the highest end among those that have the outcome of the rule."""
        same = [check for check in self.checks if check.outcome == decided_rule(self.checks)]
        return max(same, key=lambda check: (check.low or 0.0) if check.outcome == "fail" else (check.high or 0.0))


class ConditionOutcome(Record):
    """Whether a condition of the policy was met."""

    title: str
    """The condition in words."""
    counted: Counted | None = None
    """What there must be a least number of; None where the condition is about something else."""
    met: bool
    """Whether the audit meets it."""
    voids: bool = False
    """Whether no rule can be decided without it."""
    found: str
    """What the audit has of what the condition asks for."""


class GateResult(Record):
    """The decision on one audit: pass, fail or cannot tell, for every rule and overall."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, use_attribute_docstrings=True)
    schema_: str = Field(default=SCHEMA, alias="schema", serialization_alias="schema")
    """Name and version of this format."""
    outcome: Outcome
    """The decision over all rules and conditions."""
    reason: str
    """The decision and its reason in one sentence."""
    policy: Policy
    """The policy as it was applied."""
    audit: str
    """The audit, as the user named it."""
    verdict: str
    """The audit's own headline."""
    rules: tuple[RuleOutcome, ...]
    """One for each rule, in the order of the policy."""
    conditions: tuple[ConditionOutcome, ...]
    """One for each condition of the policy."""

    @model_validator(mode="after")
    def _by_its_policy(self) -> "GateResult":
        """Refuse limits that are not those of the policy, since the result would name one policy and apply another."""
        if [rule.limit for rule in self.rules] != [rule.limit for rule in self.policy.rules]:
            raise ValueError("the limits of `rules` are not those of `policy`")
        return self

    @property
    def passed(self) -> bool:
        """Is every limit kept and every condition met?"""
        return self.outcome == "pass"

    @property
    def exit_code(self) -> int:
        """Exit code of the command line: 0 pass, 1 fail, 3 cannot tell."""
        return EXIT_CODES[self.outcome]

    def to_json(self) -> str:
        """The decision as `gate.json` holds it."""
        return printable_json(self.model_dump_json(by_alias=True, indent=1)) + "\n"

    def __str__(self) -> str:
        lines = [f"{WORDS[rule.outcome]:>11}  {rule_line(rule)}" for rule in self.rules]
        unmet = [f"{'not met':>11}  {each.title}: {each.found}" for each in self.conditions if not each.met]
        return "\n".join([self.reason, *lines, *unmet])

    def _repr_html_(self) -> str:
        """A compact card, which notebooks show."""
        rows = [(rule_line(rule), WORDS[rule.outcome]) for rule in self.rules]
        rows += [(f"{each.title}: {each.found}", "not met") for each in self.conditions if not each.met]
        title = f"{WORDS[self.outcome].capitalize()}: policy {self.policy.title}"
        return card(title, (self.reason, self.verdict), Table(("rule", "outcome"), rows), TINTS[self.outcome])


def rule_line(rule: RuleOutcome) -> str:
    """One line on a rule: its limit, the check that decides, and what would settle it."""
    check = rule.telling
    ends = " to ".join(presenter.label(end) for end in (check.low, check.high) if end is not None)
    measured = f" [{ends}]" if ends else ""
    more = f"; about {presenter.count(check.records_needed)} records would settle it" if check.records_needed else ""
    why = "; ".join(filter(None, (check.note, rule.note)))
    return f"{rule.title} <= {rule.limit:g}: {check.where}{measured}{more}" + (f" ({why})" if why else "")


def decided(low: float | None, high: float | None, limit: float) -> Outcome:
    """Decide by the ends of an interval; the value between them decides nothing.

    >>> decided(0.48, 0.54, 0.55), decided(0.56, 0.6, 0.55), decided(0.5, 0.6, 0.55)
    ('pass', 'fail', 'cannot_tell')
    """
    if low is not None and low > limit:
        return "fail"
    return "pass" if high is not None and high <= limit else "cannot_tell"


def decided_rule(checks: Iterable[Check]) -> Outcome:
    """The outcome of several checks together."""
    return _together(check.outcome for check in checks)


def decided_overall(rules: Iterable[RuleOutcome], conditions: Iterable[ConditionOutcome]) -> Outcome:
    """The outcome of all rules together: no pass with an unmet condition, and no decision if that one voids it."""
    unmet = [condition for condition in conditions if not condition.met]
    if any(condition.voids for condition in unmet):
        return "cannot_tell"
    outcome = _together(rule.outcome for rule in rules)
    return "cannot_tell" if unmet and outcome == "pass" else outcome


def _together(outcomes: Iterable[Outcome]) -> Outcome:
    every = set(outcomes)
    return "fail" if "fail" in every else "pass" if every == {"pass"} else "cannot_tell"


def decided_again(result: GateResult) -> Outcome:
    """The outcome that follows from the stored ends, limits and conditions; equal to `result.outcome` if untouched."""
    rules = []
    for rule in result.rules:
        checks = [
            check.model_copy(update={"outcome": decided(check.low, check.high, rule.limit)}) for check in rule.checks
        ]
        rules.append(rule.model_copy(update={"outcome": held_back(decided_rule(checks), rule.note)}))
    return decided_overall(rules, result.conditions)


def held_back(outcome: Outcome, note: str) -> Outcome:
    """The outcome of a rule, which cannot pass if a note says that no attack could see a leak."""
    return "cannot_tell" if outcome == "pass" and note else outcome
