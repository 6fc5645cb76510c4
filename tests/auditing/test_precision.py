from typing import Any

import pytest

from miaudit.auditing import precision
from miaudit.auditing.defences import single_audits
from miaudit.auditing.from_config import plan_of_config
from miaudit.auditing.precision import is_settled_form, settled
from miaudit.config import AuditConfig, parse_config
from tiny import CONFIG

RECIPE = CONFIG["recipe"]


def config(**changes: Any) -> AuditConfig:
    return parse_config({**CONFIG, "recipe": {**RECIPE, "bf16": "auto"}, **changes})


def of_value(bf16: bool, **changes: Any) -> AuditConfig:
    return parse_config({**CONFIG, "recipe": {**RECIPE, "bf16": bf16}, **changes})


@pytest.fixture(params=[True, False])
def has(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    monkeypatch.setattr(precision, "has_bf16", lambda _: request.param)
    value: bool = request.param
    return value


def test_every_recipe_is_settled_and_nothing_else_changes(has: bool) -> None:
    assert settled(config()) == of_value(has)
    assert settled(config(attacker_recipe={"bf16": "auto", "epochs": 2})).attacker_recipe == {"bf16": has, "epochs": 2}
    plain = parse_config(CONFIG)
    assert settled(plain) is plain
    assert settled(of_value(not has)) == of_value(not has)


def test_the_plan_names_and_records_what_was_decided(has: bool) -> None:
    plan, said = plan_of_config(config()), plan_of_config(of_value(has))
    assert [work.job.key for work in plan.works] == [work.job.key for work in said.works]
    assert {work.job.recipe.in_bf16 for work in plan.works} == {has}
    assert plan.questions.config["recipe"]["bf16"] is has


def test_private_training_keeps_all_models_in_single_precision(has: bool) -> None:
    private = {"name": "dp_sgd", "noise": 0.5}
    assert settled(config(defence=private)) == of_value(False, defence=private)
    compared = settled(config(defences=["l2", private]))
    assert {single.recipe.options["bf16"] for *_, single in single_audits(compared) if single.recipe} == {False}
    assert settled(config(defences=["l2"])) == of_value(has, defences=["l2"])


def test_a_recorded_configuration_is_known_again() -> None:
    for recorded in (of_value(True), of_value(False), config()):
        assert is_settled_form(recorded, config())
    assert not is_settled_form(of_value(True), of_value(False))
    assert not is_settled_form(of_value(True, seed=1), config())
    assert not is_settled_form(config(), of_value(True))
