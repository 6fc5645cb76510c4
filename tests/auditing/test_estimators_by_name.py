"""Audits whose configuration names a classifier instead of a network."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from miaudit.auditing.from_config import plan_of_config
from miaudit.config import parse_config
from miaudit.errors import UserError
from miaudit.experiments.quick import quick_config
from miaudit.training.estimators import EstimatorRecipe
from miaudit.training.recipe import Recipe
from tiny import CONFIG, Call

TREE = "sklearn.tree.DecisionTreeClassifier"
SMALL: dict[str, Any] = {
    **CONFIG,
    "split": {"name": "pool", "models": 4, "shadows": 2, "members": 0.1, "nonmembers": 0.1},
    "recipe": {"estimator": TREE, "min_samples_leaf": 1},
    "attacks": ["loss", "lira"],
}


def recipes(**changes: Any) -> list[Any]:
    """The recipes of the target and of the first auxiliary model."""
    plan = plan_of_config(parse_config({**SMALL, **changes}))
    return [work.job.recipe for work in plan.works[:2]]


def test_an_audit_trains_the_classifier_that_the_configuration_names(call: Call, tmp_path: Path) -> None:
    config = tmp_path / "tree.yaml"
    config.write_text(yaml.safe_dump(SMALL))
    words = ("audit", config, "--store", tmp_path / "store", "--jobs", 1, "--json", "--out")
    first, again = (call(*words, tmp_path / name) for name in ("first", "again"))
    assert first.code == again.code == 0, first.err
    found, same = (yaml.safe_load(called.out) for called in (first, again))
    assert found["target"]["description"] == "DecisionTreeClassifier trained on digits"
    assert found["target"]["train_accuracy"]["value"] == 1.0  # a full tree knows every member
    assert found["provenance"]["device"] == "cpu"
    assert found["provenance"]["recipe"]["kind"].endswith("DecisionTreeClassifier")
    assert (found["cost"]["models_trained"], same["cost"]["models_trained"]) == (5, 0)
    assert found["attacks"] == same["attacks"]
    assert found["attacks"]["loss"]["auc"]["value"] > 0.55
    explained = call("store", "explain", config, "--store", tmp_path / "store")
    assert "5 of 5 models are in the store" in explained.out


def test_the_attacker_may_train_with_other_parameters_or_another_class() -> None:
    target, other = recipes(attacker_recipe={"min_samples_leaf": 5})
    assert (target.estimator.min_samples_leaf, other.estimator.min_samples_leaf) == (1, 5)
    target, other = recipes(attacker_recipe={"estimator": "sklearn.naive_bayes.GaussianNB"})
    assert [one.title for one in (target, other)] == ["DecisionTreeClassifier", "GaussianNB"]
    target, other = recipes(attacker_recipe={"model": "mlp", "epochs": 3})
    assert isinstance(target, EstimatorRecipe)
    assert isinstance(other, Recipe)
    assert other.epochs == 3
    target, other = recipes(recipe=CONFIG["recipe"], attacker_recipe={"estimator": TREE, "max_depth": 2})
    assert isinstance(target, Recipe)
    assert other.estimator.max_depth == 2


def test_references_change_what_shadows_are_trained_by() -> None:
    split = {"name": "six_way", "target_in": 90, "target_out": 90, "shadow_in": 90, "shadow_out": 90, "reference": 90}
    changes = {"attacker_recipe": {"max_depth": 2}, "reference_recipe": {"min_samples_leaf": 7}}
    plan = plan_of_config(parse_config({**SMALL, "split": split, "attacks": ["calibrated"], **changes}))
    told = [work.job.recipe.description["params"] for work in plan.works]
    assert [(one["max_depth"], one["min_samples_leaf"]) for one in told] == [(None, 1), (2, 1), (2, 7)]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"recipe": {"estimator": TREE, "max_dept": 2}}, "no parameter 'max_dept': did you mean 'max_depth'"),
        ({"recipe": {"estimator": TREE, "model": "mlp"}}, "recipe: expected one of `model`, of a network, `estimator`"),
        ({"attacker_recipe": {"estimator": "os.system"}}, "expected a class of sklearn"),
        ({"attacker_recipe": {"estimator": TREE, "model": "mlp"}}, "attacker_recipe .*expected one of `model`"),
        ({"defence": {"name": "l2"}}, "defence l2 changes how a network is trained"),
    ],
)
def test_what_does_not_fit_is_told(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(UserError, match=message):
        plan_of_config(parse_config({**SMALL, **changes}))


def test_masked_outputs_are_those_of_any_classifier() -> None:
    target, _ = recipes(defence={"name": "confidence_masking", "top_k": 1})
    assert target.title == "DecisionTreeClassifier"


def test_a_quick_run_keeps_a_classifiers_parameters() -> None:
    config = parse_config({**SMALL, "split": {**SMALL["split"], "models": 8}, "attacker_recipe": {"max_depth": 3}})
    quick = quick_config(config)
    assert quick.recipe == config.recipe
    assert quick.attacker_recipe == {"max_depth": 3}
    assert quick.split is not None
    assert quick.split.options["models"] == 4


def test_the_example_can_be_planned() -> None:
    example = yaml.safe_load((Path(__file__).parents[2] / "examples" / "forest.yaml").read_text(encoding="utf-8"))
    plan = plan_of_config(parse_config(example))
    assert plan.device == "cpu"
    assert {work.job.recipe.title for work in plan.works} == {"RandomForestClassifier"}
