"""Says how many more records would settle a decision that an audit leaves open."""

import math
from typing import NamedTuple

from miaudit.auditing.result import TargetFacts
from miaudit.decisions.outcomes import Check, GateResult, RuleOutcome


class MoreRecords(NamedTuple):
    """Records that an audit lacks."""

    members: int
    nonmembers: int


def more_records(decision: GateResult, target: TargetFacts) -> MoreRecords | None:
    """How many more records would settle the decision, if what was measured is true.

    The mix of members and non-members stays as it is, unless the policy asks for more of one kind.

    Args:
        decision: one that cannot tell.
        target: the facts of its audit, with one member and one non-member or more.

    Returns:
        None where no number of records is known to settle it.
    """
    have = (target.members, target.nonmembers)
    least = (decision.policy.require.members, decision.policy.require.nonmembers)
    too_few = sum(number < wanted for number, wanted in zip(have, least, strict=True))
    unmet = sum(not condition.met for condition in decision.conditions)
    times = _times(tuple(rule for rule in decision.rules if rule.outcome == "cannot_tell"))
    if unmet > too_few or times is None:
        return None
    members, nonmembers = (
        max(math.ceil(times * number), wanted) - number for number, wanted in zip(have, least, strict=True)
    )
    return MoreRecords(members, nonmembers)


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
