"""Tests of outcomes: how checks, rules and conditions make one decision, and how it is taken again."""

import numpy as np
import pytest
from pydantic import ValidationError

from gate_worlds import gaussian_audit
from miaudit.decisions.gate import gate
from miaudit.decisions.outcomes import (
    ConditionOutcome,
    GateResult,
    Outcome,
    RuleOutcome,
    decided,
    decided_again,
    decided_overall,
)
from miaudit.decisions.policy import Policy

MET = ConditionOutcome(title="at least 10 members", met=True, found="has 12")
UNMET = ConditionOutcome(title="at least 20 members", met=False, found="has 12")
VOID = ConditionOutcome(title="the audit's own controls", met=False, voids=True, found="failed")


def rule(outcome: Outcome) -> RuleOutcome:
    return RuleOutcome(title="AUC", limit=0.6, outcome=outcome, checks=())


@pytest.mark.parametrize(
    ("low", "high", "outcome"),
    [
        (0.5, 0.6, "pass"),  # an upper end at the limit keeps it
        (0.6, 0.7, "cannot_tell"),  # a lower end at the limit does not exceed it
        (0.61, 0.7, "fail"),
        (None, 0.7, "cannot_tell"),
        (0.7, None, "fail"),
        (None, None, "cannot_tell"),
        (0.7, 0.5, "fail"),  # a proof that the audit refutes
    ],
)
def test_ends_decide(low: float | None, high: float | None, outcome: Outcome) -> None:
    assert decided(low, high, 0.6) == outcome


@pytest.mark.parametrize(
    ("outcomes", "conditions", "expected"),
    [
        (["pass", "pass"], [MET], "pass"),
        (["pass", "cannot_tell"], [MET], "cannot_tell"),
        (["pass", "fail", "cannot_tell"], [MET], "fail"),
        (["pass"], [UNMET], "cannot_tell"),
        (["fail"], [UNMET], "fail"),  # too few records do not undo a proven leak
        (["fail"], [VOID], "cannot_tell"),  # numbers of an audit that failed its controls decide nothing
        (["pass"], [VOID], "cannot_tell"),
    ],
)
def test_rules_and_conditions_decide_together(
    outcomes: list[Outcome], conditions: list[ConditionOutcome], expected: Outcome
) -> None:
    assert decided_overall([rule(each) for each in outcomes], conditions) == expected


@pytest.mark.parametrize("shift", [0.0, 0.3, 2.0])
def test_a_decision_is_taken_again_from_what_is_stored(shift: float) -> None:
    policy = Policy.parse({"rules": [{"measure": "auc", "limit": 0.6}], "require": {"controls": False}})
    found = gate(gaussian_audit(np.random.default_rng(1), 600, shift), policy)
    read = GateResult.model_validate_json(found.to_json())
    assert read == found
    assert decided_again(read) == found.outcome
    assert found.exit_code == {"pass": 0, "fail": 1, "cannot_tell": 3}[found.outcome]


def test_a_changed_end_changes_the_decision_taken_again() -> None:
    policy = Policy.parse({"rules": [{"measure": "auc", "limit": 0.6}], "require": {"controls": False}})
    found = gate(gaussian_audit(np.random.default_rng(1), 600, 2.0), policy)
    check = found.rules[0].checks[0].model_copy(update={"low": 0.4, "high": 0.5})
    forged = found.model_copy(update={"rules": (found.rules[0].model_copy(update={"checks": (check,)}),)})
    assert forged.outcome == "fail"
    assert decided_again(forged) == "pass"


def test_limits_other_than_those_of_the_policy_are_refused() -> None:
    policy = Policy.parse({"rules": [{"measure": "auc", "limit": 0.6}], "require": {"controls": False}})
    content = gate(gaussian_audit(np.random.default_rng(1), 600, 2.0), policy).model_dump(mode="json", by_alias=True)
    content["rules"][0]["limit"] = 0.99
    with pytest.raises(ValidationError, match="are not those of `policy`"):
        GateResult.model_validate(content)
