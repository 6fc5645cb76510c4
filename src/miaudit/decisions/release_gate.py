"""Makes the decision of a gate fit to leave: what decides stays, and no number rests on fewer than k records."""

import math

from miaudit.auditing.result import AuditResult
from miaudit.auditing.result.groups import Group
from miaudit.decisions.gate import in_a_sentence
from miaudit.decisions.outcomes import Check, GateResult, Outcome, RuleOutcome, decided_rule
from miaudit.decisions.release_groups import large_enough
from miaudit.decisions.withheld import WITHHELD

OVER_ALL = ("auc", "auc_change")  # measures of all records, whose interval may be shown
NOTES: dict[Outcome, str] = {
    "pass": f"{WITHHELD}: the interval ends at or below the limit",
    "fail": f"{WITHHELD}: the interval lies above the limit",
    "cannot_tell": f"{WITHHELD}: the interval contains the limit, or one of its ends is unknown",
}


def released_gate(found: GateResult, released: AuditResult, k: int) -> GateResult:
    """The same decision on the released result, from which the same outcome follows.

    Intervals of the AUC stay. Of all other measures, which may rest on few records, only the side of the limit is
    left on which the interval lies. Groups that a release may not show are joined.

    Args:
        found: the decision on the audit, with its scores.
        released: the audit's released result.
        k: fewest records behind a number.
    """
    rules = tuple(
        rule.model_copy(update={"checks": _checks(rule, asked.measure in OVER_ALL, released, k)})
        for rule, asked in zip(found.rules, found.policy.rules, strict=True)
    )
    return found.model_copy(
        update={
            "audit": "result.json",
            "rules": rules,
            "reason": in_a_sentence(found.outcome, found.policy, rules, found.conditions),
        }
    )


def _checks(rule: RuleOutcome, may_be_shown: bool, released: AuditResult, k: int) -> tuple[Check, ...]:
    """The rule's checks; those of groups that may not be shown are joined to one for each attack."""
    sizes = {check.group: (check.members, check.nonmembers) for check in rule.checks if check.group is not None}
    groups = tuple(Group(name=name, members=m, nonmembers=n, attacks={}) for name, (m, n) in sizes.items())
    shown = {None, *large_enough(groups, released.target.members, released.target.nonmembers, k)}
    told = [check for check in rule.checks if check.group in shown]
    checks = told if may_be_shown else [_by_side(check, check.outcome, rule.limit) for check in told]
    for attack in dict.fromkeys(check.attack for check in rule.checks):
        hidden = [check for check in rule.checks if check.attack == attack and check.group not in shown]
        if hidden:
            checks.append(_joined(hidden, rule.limit))
    return tuple(checks)


def _joined(hidden: list[Check], limit: float) -> Check:
    counts = {
        "members": sum(check.members for check in hidden),
        "nonmembers": sum(check.nonmembers for check in hidden),
        "group": f"{len(hidden)} other groups",
    }
    return _by_side(hidden[0].model_copy(update=counts), decided_rule(hidden), limit)


def _by_side(check: Check, outcome: Outcome, limit: float) -> Check:
    """The check without its numbers: of the interval, only the end that decides is left, moved to the limit."""
    ends = {"low": math.nextafter(limit, math.inf) if outcome == "fail" else None}
    ends["high"] = limit if outcome == "pass" else None
    return check.model_copy(
        update={"value": None, "records_needed": None, "outcome": outcome, "note": NOTES[outcome], **ends}
    )
