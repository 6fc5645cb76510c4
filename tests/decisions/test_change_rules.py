"""Tests of rules on the change from a baseline."""

from collections import Counter

import numpy as np
import pytest

from gate_worlds import gaussian_audit
from miaudit.decisions.difference import difference
from miaudit.decisions.gate import gate
from miaudit.decisions.policy import Policy
from miaudit.decisions.saved import SavedAudit
from miaudit.errors import UserError

REGRESSION = Policy.of("regression")
AUC_ONLY = Policy.parse({"rules": [{"measure": "auc_change", "limit": 0.02}]})


def audit(seed: int, shift: float, n: int = 8000) -> SavedAudit:
    return gaussian_audit(np.random.default_rng(seed), n, shift)


def test_the_same_audit_again_is_no_regression() -> None:
    found = gate(audit(1, 0.5)._replace(name="new"), REGRESSION, audit(1, 0.5))
    assert found.outcome == "pass"
    assert [condition.title for condition in found.conditions] == [
        "the audit's own controls",
        "the baseline's own controls",
    ]


def test_a_model_that_leaks_more_is_a_regression_and_one_that_leaks_less_is_none() -> None:
    weak, strong = audit(1, 0.2), audit(2, 1.0)
    assert gate(strong, REGRESSION, weak).outcome == "fail"
    assert gate(weak, REGRESSION, strong).outcome == "pass"


def test_the_interval_is_that_of_a_comparison() -> None:
    before, after = audit(1, 0.5, 400), audit(2, 0.5, 400)
    expected = difference(before, after, "a", confidence=0.95)
    check = gate(after, AUC_ONLY, before).rules[0].checks[0]
    assert (check.value, check.low, check.high) == pytest.approx((expected.value, expected.low, expected.high))
    assert check.outcome == "cannot_tell"
    assert check.records_needed is not None
    assert check.records_needed > 400


def test_a_change_at_the_limit_is_decided_in_at_most_a_twentieth_either_way() -> None:
    """The true AUCs are those of shifts of 0.5 and of one that raises the AUC by 0.02."""
    from scipy import stats

    area = stats.norm.cdf(0.5 / 2**0.5) + 0.02
    shift, rng = float(stats.norm.ppf(area) * 2**0.5), np.random.default_rng(5)
    worlds = ((gaussian_audit(rng, 200, shift), gaussian_audit(rng, 200, 0.5)) for _ in range(500))
    found = Counter(gate(after, AUC_ONLY, before).outcome for after, before in worlds)
    assert found["pass"] <= 25
    assert found["fail"] <= 25


def test_a_missing_baseline_and_a_needless_one_are_refused() -> None:
    with pytest.raises(UserError, match="expected an earlier audit, by --baseline DIR"):
        gate(audit(1, 0.0, 200), REGRESSION)
    with pytest.raises(UserError, match="no rule of the policy limits a change"):
        gate(audit(1, 0.0, 200), Policy.of("strict"), audit(2, 0.0, 200))


def test_an_attack_that_the_baseline_did_not_run_is_refused() -> None:
    after = gaussian_audit(np.random.default_rng(0), 200, attacks=("a", "b"))
    with pytest.raises(UserError, match="has no attack 'b'"):
        gate(after, AUC_ONLY, audit(1, 0.0, 200))


def test_a_baseline_whose_controls_failed_decides_nothing() -> None:
    before = audit(1, 0.2)
    controls = before.result.controls.model_copy(update={"null_passed": False})
    broken = before._replace(result=before.result.model_copy(update={"controls": controls}))
    found = gate(audit(2, 1.0), REGRESSION, broken)
    assert found.outcome == "cannot_tell"
    assert "the baseline's own controls: failed" in found.reason
