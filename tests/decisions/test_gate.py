"""Tests of the gate: which checks it makes, at which confidence, and what it says."""

from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from gate_worlds import gaussian_audit, template
from miaudit.auditing.result import AuditResult
from miaudit.decisions.gate import gate
from miaudit.decisions.outcomes import GateResult
from miaudit.decisions.policy import Policy
from miaudit.decisions.saved import SavedAudit
from miaudit.defences.base import Guarantee
from miaudit.errors import UserError
from miaudit.metrics.roc import auc

AUC: dict[str, Any] = {"measure": "auc", "limit": 0.6}


def decide(saved: SavedAudit, *rules: dict[str, Any], **require: Any) -> GateResult:
    return gate(saved, Policy.parse({"rules": list(rules), "require": require}))


def world(n: int = 1000, shift: float = 0.0, attacks: tuple[str, ...] = ("a",), groups: int = 0) -> SavedAudit:
    return gaussian_audit(np.random.default_rng(3), n, shift, attacks, groups)


def changed(saved: SavedAudit, **update: Any) -> SavedAudit:
    return saved._replace(result=saved.result.model_copy(update=update))


def test_a_single_check_compares_the_interval_of_the_tables() -> None:
    saved = world()
    table = saved.needs_scores("a test")
    expected = auc(table["a"].to_numpy(), table["member"].to_numpy(), 0.95)
    check = decide(saved, AUC).rules[0].checks[0]
    assert (check.value, check.low, check.high) == (expected.value, expected.low, expected.high)
    assert (check.low_confidence, check.high_confidence) == (0.975, 0.975)


def test_lower_ends_are_corrected_for_all_checks_and_upper_ends_are_not() -> None:
    saved = world(attacks=("a", "b"), groups=5)
    found = decide(saved, AUC, AUC | {"group_by": "ward"})
    checks = [check for rule in found.rules for check in rule.checks]
    assert len(checks) == 2 + 2 * 5
    assert {check.low_confidence for check in checks} == {1 - 0.025 / 12}
    assert {check.high_confidence for check in checks} == {0.975}


def test_each_group_is_checked_on_its_own_records() -> None:
    saved = world(groups=4)
    table = saved.needs_scores("a test")
    third = table.filter(pa.compute.equal(table["column.ward"], "ward 2"))
    check = decide(saved, AUC | {"group_by": "ward"}).rules[0].checks[2]
    assert (check.group, check.members, check.nonmembers) == ("ward 2", 125, 125)
    assert check.value == auc(third["a"].to_numpy(), third["member"].to_numpy()).value


def test_classes_are_groups_under_their_names() -> None:
    saved = world(200)
    labels = pa.array([0, 1] * 100)
    table = saved.needs_scores("a test").set_column(1, "label", labels)
    target = saved.result.target.model_copy(update={"class_names": ("cat", "dog")})
    checks = decide(changed(saved._replace(scores=table), target=target), AUC | {"group_by": "label"}).rules[0].checks
    assert [check.group for check in checks] == ["cat", "dog"]  # cats are members, dogs are not
    assert {check.outcome for check in checks} == {"cannot_tell"}
    assert checks[0].note == "needs members and non-members, has 100 and 0"


def test_the_three_outcomes_and_their_sentences() -> None:
    passed = decide(world(2000), AUC)
    assert (passed.outcome, passed.passed) == ("pass", True)
    assert passed.reason == "Pass: the limit holds with 95 % confidence."
    failed = decide(world(shift=2.0), AUC)
    assert failed.outcome == "fail"
    assert failed.reason.startswith("Fail: AUC <= 0.6: a [0.8")
    unknown = decide(world(100), AUC)
    assert unknown.outcome == "cannot_tell"
    assert "records would settle it" in unknown.reason
    assert "cannot tell  AUC <= 0.6: a [" in str(unknown)


def test_the_number_of_records_that_would_settle_it_does() -> None:
    needed = decide(world(100), AUC).rules[0].checks[0].records_needed
    assert needed is not None
    rng = np.random.default_rng(8)
    outcomes = [decide(gaussian_audit(rng, 2 * needed), AUC).outcome for _ in range(20)]
    assert outcomes.count("pass") >= 16


def test_a_rate_that_the_records_cannot_resolve_says_how_many_would() -> None:
    check = decide(world(200), {"measure": "tpr_at_fpr", "fpr": 0.001, "limit": 0.01}).rules[0].checks[0]
    assert (check.outcome, check.records_needed) == ("cannot_tell", 2000)
    assert check.note == "needs >= 1,000 non-members, have 100"


def test_a_proven_guarantee_is_what_lets_epsilon_pass() -> None:
    saved, rule = world(), {"measure": "epsilon", "limit": 8}
    without = decide(saved, rule)
    assert without.outcome == "cannot_tell"
    assert "no audit bounds epsilon from above" in without.reason
    guarantee = Guarantee(epsilon=4.0, delta=1e-5, accountant="RDP")
    target = saved.result.target.model_copy(update={"guarantee": guarantee})
    assert decide(changed(saved, target=target), rule).outcome == "pass"
    leaking = world(shift=8.0)
    assert decide(changed(leaking, target=target), {"measure": "epsilon", "limit": 3}).outcome == "fail"


def test_a_failed_control_never_passes_and_never_fails() -> None:
    for shift in (0.0, 2.0):
        saved = world(2000, shift)
        controls = saved.result.controls.model_copy(update={"null_passed": False})
        found = decide(changed(saved, controls=controls), AUC)
        assert found.outcome == "cannot_tell"
        assert found.reason == (
            "Cannot tell: the audit's own controls: failed: an attack found a leak where there is none."
        )


def blind(result: AuditResult, attack: str) -> AuditResult:
    """The result with an attack that missed the built-in leak."""
    missed = {attack: {"auc": result.controls.positive[attack]["auc"].model_copy(update={"low": 0.4})}}
    controls = result.controls.model_copy(update={"positive": result.controls.positive | missed})
    return result.model_copy(update={"controls": controls})


def test_an_attack_that_misses_the_built_in_leak_makes_no_rule_pass() -> None:
    saved = world(2000, attacks=("a", "b"))
    saved = saved._replace(result=blind(saved.result, "a"))
    found = decide(saved, AUC | {"attacks": "a"}, AUC)
    assert [rule.outcome for rule in found.rules] == ["cannot_tell", "pass"]
    assert found.outcome == "cannot_tell"
    assert "none of these attacks found the leak that was built in" in found.reason


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        (
            AUC | {"attacks": "lirra"},
            "'lirra', which world did not run \\(expected one of a\\): name it in `attacks`",
        ),
        (AUC | {"attacks": "shadow"}, "did not run: it was skipped \\(needs at least one shadow model"),
        (AUC | {"group_by": "wards"}, "there is no column 'wards' to group by: did you mean 'ward'"),
    ],
)
def test_what_the_audit_did_not_measure_is_refused(rule: dict[str, Any], message: str) -> None:
    with pytest.raises(UserError, match=message):
        decide(world(groups=2), rule)


@pytest.mark.parametrize("values", [["x", None], [1.0, float("nan")]])
def test_a_missing_group_value_is_refused(values: list[Any]) -> None:
    saved = world(200)
    table = saved.needs_scores("a test").append_column("column.site", pa.array(values * 100))
    with pytest.raises(
        UserError, match="column site: expected a value for every record to group by, got 100 missing ones of 200"
    ):
        decide(saved._replace(scores=table), AUC | {"group_by": "site"})


def test_many_numbers_are_put_into_ranges() -> None:
    saved = world(1000)
    table = saved.needs_scores("a test").append_column("column.age", pa.array(np.arange(1000.0)))
    checks = decide(saved._replace(scores=table), AUC | {"group_by": "age"}).rules[0].checks
    assert [check.group for check in checks] == ["below 250", "250 to below 500", "500 to below 749", "749 or more"]


def test_scores_of_another_audit_and_an_unknown_truth_are_refused() -> None:
    saved = world(200, attacks=("a", "b"))
    table = saved.needs_scores("a test")
    with pytest.raises(UserError, match="got a table without a, b"):
        decide(saved._replace(scores=table.drop_columns(["a", "b"])), AUC | {"group_by": "label"})
    unknown = table.set_column(2, "member", pa.array([True, None] * 100))
    with pytest.raises(UserError, match="got records whose membership is missing"):
        decide(saved._replace(scores=unknown), AUC)


def test_an_audit_without_attacks_is_refused() -> None:
    with pytest.raises(UserError, match="a gate needs attacks"):
        decide(changed(world(), attacks={}), AUC)


def test_a_result_without_scores_passes_by_its_own_interval() -> None:
    saved = SavedAudit("alone", template(("a",), 2000, 2000), None)
    with_limit = AUC | {"limit": 0.7}
    found = decide(saved, with_limit)
    assert found.outcome == "pass"
    assert found.rules[0].checks[0].high == saved.result.attacks["a"].auc.high


def test_a_result_without_scores_fails_by_the_finding_of_the_verdict() -> None:
    result = template(("a", "b"), 500, 500)
    finding = result.findings[0].model_copy(update={"auc": result.findings[0].auc.model_copy(update={"low": 0.65})})
    strong = result.attacks[finding.name].auc.model_copy(update={"high": 0.9})
    attacks = result.attacks | {finding.name: result.attacks[finding.name].model_copy(update={"auc": strong})}
    saved = SavedAudit("alone", result.model_copy(update={"findings": (finding,), "attacks": attacks}), None)
    found = decide(saved, AUC)  # two checks, for which the intervals of the tables do not suffice
    check = found.rules[0].telling
    assert found.outcome == "fail"
    assert (check.attack, check.low) == (finding.name, 0.65)
    assert check.low_confidence == pytest.approx(1 - 0.025 / 6)


@pytest.mark.parametrize(
    "rule",
    [
        AUC | {"group_by": "label"},
        {"measure": "named_records", "precision": 0.9, "limit": 5},
        {"measure": "tpr_at_fpr", "fpr": 0.05, "limit": 0.1},
    ],
)
def test_a_result_without_scores_says_what_it_lacks(rule: dict[str, Any]) -> None:
    with pytest.raises(UserError, match=r"reads the scores of single records: expected scores\.parquet"):
        decide(SavedAudit("alone", template(("a",), 500, 500), None), rule)


def test_a_confidence_beyond_that_of_the_result_needs_scores() -> None:
    policy = Policy.parse({"confidence": 0.999, "rules": [AUC | {"limit": 0.7}]})
    with pytest.raises(UserError, match="a limit on AUC at this policy's confidence"):
        gate(SavedAudit("alone", template(("a",), 2000, 2000), None), policy)
