"""Says how many more records would settle a decision that an audit leaves open."""

import math
from typing import NamedTuple

from miaudit.auditing.result import TargetFacts
from miaudit.decisions.outcomes import Check, GateResult, RuleOutcome
from miaudit.metrics.needed import rounded_up
from miaudit.presenter import count


class MoreRecords(NamedTuple):
    """Records that an audit lacks."""

    members: int
    nonmembers: int


def more(number: int, kind: str) -> str:
    """So many more records in words.

    >>> more(1, "outsider"), more(1200, "outsider")
    ('1 more outsider', '1,200 more outsiders')
    """
    return f"{count(number)} more {kind}{'' if number == 1 else 's'}"


def more_records(decision: GateResult, target: TargetFacts) -> MoreRecords | None:
    """How many more records would settle the decision, if what was measured is true.

    The mix of members and non-members stays as it is, unless the policy asks for more of one kind.

    Args:
        decision: one that cannot tell.
        target: the facts of its audit, with one member and one non-member or more.

    Returns:
        Numbers of two digits, as no further digit of an estimate is sure. None where no number of records is known to
        settle it, or none that could be had: a measured number then lies close to its limit.
    """
    asked = asked_for(decision, target)
    unmet = sum(not condition.met for condition in decision.conditions)
    times = _times(tuple(rule for rule in decision.rules if rule.outcome == "cannot_tell"))
    if unmet > sum(number > 0 for number in asked) or times is None:
        return None
    exact = (
        max(math.ceil(times * have) - have, more)
        for have, more in zip((target.members, target.nonmembers), asked, strict=True)
    )
    return MoreRecords(*(rounded_up(number) if number else 0 for number in exact))


def asked_for(decision: GateResult, target: TargetFacts) -> MoreRecords:
    """How many more records the conditions of the policy ask for, whatever was measured."""
    require = decision.policy.require
    return MoreRecords(max(require.members - target.members, 0), max(require.nonmembers - target.nonmembers, 0))


def _times(rules: tuple[RuleOutcome, ...]) -> float | None:
    """How many times as many records settle these rules; None where no number is known.

    One check beyond its limit makes the gate fail, so the smallest number of those counts. A pass takes all checks.
    """
    if any(rule.note for rule in rules):
        return None
    checks = [(check, rule.limit) for rule in rules for check in rule.checks if check.outcome == "cannot_tell"]
    beyond = [_settled_by(check) for check, limit in checks if check.value is not None and check.value > limit]
    failing = [times for times in beyond if times is not None]
    if failing:
        return min(failing)
    within = [_settled_by(check) for check, _ in checks]
    passing = [times for times in within if times is not None]
    return max(passing, default=1.0) if len(passing) == len(within) else None


def _settled_by(check: Check) -> float | None:
    """How many times as many records settle one check, 1 or more; None where no number is known."""
    if check.records_needed is None:
        return None
    return max(1.0, check.records_needed / (check.members + check.nonmembers))
