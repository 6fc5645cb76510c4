"""Tests of policies: how they are read, and what is said of wrong ones."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from miaudit.decisions.policy import READY, RULES, Policy, Requirements
from miaudit.decisions.rules import MEASURES, TprRule
from miaudit.errors import UserError

AUC: dict[str, Any] = {"measure": "auc", "limit": 0.6}

WRONG: list[tuple[Any, str]] = [
    ({}, "rules is missing"),
    ({"rules": []}, "expected at least one rule"),
    ({"rulez": [AUC]}, "there is no option 'rulez': did you mean 'rules'"),
    ({"rules": [{"measure": "acu", "limit": 0.6}]}, "there is no measure 'acu': did you mean 'auc'"),
    ({"rules": [{"limit": 0.6}]}, "there is no measure None: expected one of auc, tpr_at_fpr"),
    ({"rules": [{"measure": "auc", "limt": 0.6}]}, "there is no option 'rules.0.auc.limt': did you mean 'limit'"),
    ({"rules": [{"measure": "auc", "limit": 1.5}]}, "rules.0.auc.limit: Input should be less than 1; got 1.5"),
    ({"rules": [{"measure": "auc", "limit": ".6"}]}, "rules.0.auc.limit: Input should be a valid number"),
    ({"rules": [{"measure": "tpr_at_fpr", "limit": 0.1}]}, "fpr is missing"),
    ({"rules": [{"measure": "named_records", "precision": 0.9, "limit": 1.5}]}, "should be a valid integer; got 1.5"),
    ({"rules": [{"measure": "epsilon", "limit": float("inf")}]}, "finite number"),
    ({"rules": [AUC | {"attacks": []}]}, "rules.0.auc.attacks"),
    ({"rules": [AUC], "require": {"member": 10}}, "there is no option 'require.member': did you mean 'members'"),
    ({"rules": [AUC], "require": {"controls": "yes"}}, "require.controls: Input should be a valid boolean"),
    ({"rules": [AUC], "confidence": 0.3}, "confidence: Input should be greater than 0.5"),
    ("auc", "valid dictionary"),
]


@pytest.mark.parametrize(("content", "message"), WRONG)
def test_a_wrong_policy_is_refused_with_a_hint(content: Any, message: str) -> None:
    with pytest.raises(UserError, match="the policy is wrong") as error:
        Policy.parse(content)
    assert message in str(error.value)


def test_a_file_is_read_and_gives_the_policy_its_title(tmp_path: Path) -> None:
    path = tmp_path / "ours.yaml"
    path.write_text(yaml.safe_dump({"rules": [{"measure": "tpr_at_fpr", "fpr": 0.001, "limit": 0.01}]}))
    policy = Policy.of(path)
    assert policy.title == "ours"
    assert policy.rules == (TprRule(measure="tpr_at_fpr", fpr=0.001, limit=0.01),)
    assert policy.require == Requirements(controls=True)
    assert Policy.of(policy) is policy


def test_messages_on_a_file_name_it(tmp_path: Path) -> None:
    path = tmp_path / "ours.yaml"
    path.write_text("rules: 3")
    with pytest.raises(UserError, match=r"ours\.yaml"):
        Policy.of(path)


def test_a_missing_file_and_an_unknown_name_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"nowhere\.yaml"):
        Policy.of(tmp_path / "nowhere.yaml")
    with pytest.raises(UserError, match="no policy is called 'strikt': did you mean 'strict'"):
        Policy.of("strikt")


@pytest.mark.parametrize("name", READY)
def test_ready_made_policies_are_valid_and_demand_passed_controls(name: str) -> None:
    policy = Policy.of(name)
    assert policy.title == name
    assert policy.require.controls
    assert Policy.parse(policy.model_dump(mode="json")) == policy


def test_one_attack_stands_for_a_list_of_it() -> None:
    policy = Policy.parse({"rules": [AUC | {"attacks": "lira"}]})
    assert policy.rules[0].attacks == ("lira",)


def test_every_measure_has_a_rule_and_every_key_a_description() -> None:
    assert [kind.model_fields["measure"].annotation.__args__[0] for kind in RULES] == list(MEASURES)  # type: ignore[union-attr]
    for kind in (Policy, Requirements, *RULES):
        assert all(field.description for field in kind.model_fields.values())
