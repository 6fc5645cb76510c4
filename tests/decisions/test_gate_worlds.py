"""The outcomes of a gate at their boundaries: worlds whose true numbers are the limits of the policy."""

from collections import Counter
from typing import Any

import numpy as np
import pytest
from scipy import stats

from gate_worlds import gaussian_audit
from miaudit.decisions.gate import gate
from miaudit.decisions.outcomes import Outcome
from miaudit.decisions.policy import Policy

WORLDS = 500
MOST = 0.05 * WORLDS  # worlds with a wrong decision
SHIFT = 1.0  # of the members' scores where there is a leak
RECORDS = 200
FPR, RECALL, PRECISION = 0.05, 0.3, 0.7


def rule(measure: str, shift: float) -> dict[str, Any]:
    """The rule whose limit is the truth where members' scores are N(shift, 1) and the others N(0, 1)."""
    if measure == "auc":
        return {"measure": measure, "limit": float(stats.norm.cdf(shift / np.sqrt(2.0)))}
    if measure == "tpr_at_fpr":
        return {"measure": measure, "fpr": FPR, "limit": float(stats.norm.sf(stats.norm.isf(FPR) - shift))}
    if measure == "precision":
        fpr = stats.norm.sf(stats.norm.isf(RECALL) + shift)
        return {"measure": measure, "recall": RECALL, "limit": float(RECALL / (RECALL + fpr))}
    if measure == "named_records":
        cuts = np.linspace(8.0, -8.0, 16_001)
        found, accused = stats.norm.sf(cuts - shift), stats.norm.sf(cuts)
        precise = np.flatnonzero(found >= PRECISION * (found + accused))
        share = (found + accused)[precise[-1]] / 2.0 if shift else 0.0
        return {"measure": measure, "precision": PRECISION, "limit": int(RECORDS * share)}
    return {"measure": "epsilon", "limit": 0.0}


def decisions(policy: Policy, shift: float, attacks: tuple[str, ...]) -> Counter[Outcome]:
    rng = np.random.default_rng(0)
    worlds = (gaussian_audit(rng, RECORDS, shift, attacks) for _ in range(WORLDS))
    return Counter(gate(world, policy).outcome for world in worlds)


def policy_of(*rules: dict[str, Any]) -> Policy:
    return Policy.parse({"rules": list(rules), "require": {"controls": False}})


@pytest.mark.parametrize("measure", ["auc", "tpr_at_fpr", "precision", "named_records", "epsilon"])
def test_a_null_world_with_a_limit_at_the_truth_fails_in_at_most_a_twentieth(measure: str) -> None:
    found = decisions(policy_of(rule(measure, 0.0)), 0.0, ("a",))
    assert found["fail"] <= MOST


@pytest.mark.parametrize("measure", ["auc", "tpr_at_fpr", "precision", "named_records"])
def test_a_leaking_world_at_the_limit_is_decided_in_at_most_a_twentieth_either_way(measure: str) -> None:
    found = decisions(policy_of(rule(measure, SHIFT)), SHIFT, ("a",))
    assert found["pass"] <= MOST
    assert found["fail"] <= MOST


def test_a_null_world_fails_in_at_most_a_twentieth_by_any_of_many_checks() -> None:
    rules = [rule(measure, 0.0) for measure in ("auc", "tpr_at_fpr")]
    found = decisions(policy_of(*rules), 0.0, ("a", "b"))
    assert found["fail"] <= MOST


def test_a_leaking_world_passes_in_at_most_a_twentieth_whatever_other_rules_allow() -> None:
    loose = {"measure": "precision", "recall": RECALL, "limit": 0.99}
    found = decisions(policy_of(rule("auc", SHIFT), loose), SHIFT, ("a",))
    assert found["pass"] <= MOST


def test_an_epsilon_beyond_the_limit_never_passes() -> None:
    rng, policy = np.random.default_rng(0), policy_of({"measure": "epsilon", "limit": 3.0})
    assert all(gate(gaussian_audit(rng, RECORDS, SHIFT), policy).outcome != "pass" for _ in range(50))
