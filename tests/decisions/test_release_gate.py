"""Tests that a released decision says the same, and holds no number from few records."""

import numpy as np
import pytest

from gate_worlds import gaussian_audit
from miaudit.decisions.gate import gate
from miaudit.decisions.outcomes import GateResult, decided_again
from miaudit.decisions.policy import Policy
from miaudit.decisions.release import release
from miaudit.decisions.release_gate import released_gate
from miaudit.decisions.saved import SavedAudit

K = 10
OTHERS = (
    {"measure": "tpr_at_fpr", "fpr": 0.01, "limit": 0.05},
    {"measure": "precision", "recall": 0.2, "limit": 0.7},
    {"measure": "epsilon", "limit": 1.0},
    {"measure": "named_records", "precision": 0.98, "limit": 50},
)


def world(groups: int = 0, shift: float = 0.5, n: int = 800) -> SavedAudit:
    return gaussian_audit(np.random.default_rng(3), n, shift, ("a", "b"), groups)


def decided(audit: SavedAudit, *rules: dict[str, object]) -> tuple[GateResult, GateResult]:
    policy = Policy.parse({"rules": list(rules), "require": {"controls": False}})
    found = gate(audit, policy)
    return found, released_gate(found, release(audit, K), K)


@pytest.mark.parametrize("shift", [0.0, 0.5, 3.0])
def test_the_decision_stays_and_follows_from_what_is_left(shift: float) -> None:
    audit = world(shift=shift)
    for limit in (0.51, 0.6, 0.7, 0.98):
        found, told = decided(audit, {"measure": "auc", "limit": limit}, *OTHERS)
        assert [rule.outcome for rule in told.rules] == [rule.outcome for rule in found.rules]
        assert decided_again(told) == told.outcome == found.outcome
        assert told.audit == "result.json"


def test_intervals_of_the_auc_stay_and_all_others_go() -> None:
    found, told = decided(world(), {"measure": "auc", "limit": 0.6}, *OTHERS)
    assert told.rules[0] == found.rules[0]
    for before, after in zip(found.rules[1:], told.rules[1:], strict=True):
        assert [check.value for check in after.checks] == [None, None]
        for old, new in zip(before.checks, after.checks, strict=True):
            assert new.low is None or new.low == pytest.approx(before.limit)
            assert new.high in (None, before.limit)
            assert "withheld" in new.note
            if old.value is not None and old.value != round(old.value, 3):
                assert repr(old.value) not in told.to_json()


def test_two_worlds_on_the_same_side_of_a_limit_cannot_be_told_apart() -> None:
    rule = {"measure": "tpr_at_fpr", "fpr": 0.01, "limit": 0.05}
    first, second = (decided(world(shift=shift, n=4000), rule)[1] for shift in (2.5, 3.0))
    assert first.rules == second.rules
    assert first.outcome == "fail"


def test_small_groups_are_joined() -> None:
    audit = world(groups=40)  # of 10 members and 10 others each
    rule = {"measure": "auc", "limit": 0.9, "group_by": "ward"}
    _, shown = decided(audit, rule)
    assert len(shown.rules[0].checks) == 80
    policy = Policy.parse({"rules": [rule], "require": {"controls": False}})
    found = gate(audit, policy)
    told = released_gate(found, release(audit, 11), 11)
    (first, second) = told.rules[0].checks
    assert (first.attack, first.group, first.members, first.nonmembers) == ("a", "40 other groups", 400, 400)
    assert second.attack == "b"
    assert decided_again(told) == found.outcome
    assert "ward 7" not in told.to_json()
