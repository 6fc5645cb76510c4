from dataclasses import fields
from typing import Any

import pytest
from pydantic import ValidationError

from miaudit.auditing.from_config import recipe_of
from miaudit.config import RecipeConfig
from miaudit.errors import UserError
from miaudit.fingerprint import fingerprint
from miaudit.models.mlp import Mlp
from miaudit.training.recipe import Recipe
from tiny import recipe


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"epoch": 3}, "there is no option 'epoch'"),
        ({"epochs": 0}, "epochs: .*greater than or equal to 1; got 0"),
        ({"epochs": "many"}, "epochs: .*valid integer"),
        ({"optimizer": "sdg"}, "optimizer: .*'sgd'"),
        ({"optimizer": "sgd", "nesterov": True}, "nesterov needs momentum"),
        ({"optimizer": "adam", "momentum": 0.9}, "momentum and nesterov belong to sgd"),
        ({"milestones": [3]}, "milestones belong to schedule step, got schedule constant"),
        ({"schedule": "step"}, "schedule step needs milestones"),
        ({"schedule": "step", "milestones": [5, 3]}, r"in rising order, got \[5, 3\]"),
        ({"schedule": "step", "milestones": [0, 3]}, r"epochs from 1 on"),
        ({"rotation": 200}, "rotation: .*less than or equal to 180"),
    ],
)
def test_wrong_fields_are_told_before_anything_is_trained(options: dict[str, object], message: str) -> None:
    config = RecipeConfig.model_validate({"model": "mlp", **options})
    with pytest.raises(UserError, match=f"recipe: .*{message}"):
        recipe_of(config)


def test_the_same_checks_hold_in_python() -> None:
    with pytest.raises(ValidationError, match="nesterov needs momentum"):
        recipe(optimizer="sgd", nesterov=True)


STEP = {"schedule": "step", "milestones": (1,)}
CHANGES: dict[str, list[dict[str, Any]]] = {  # two recipes that differ in the field alone
    "model": [{}, {"model": Mlp(hidden=(9,))}],
    "optimizer": [{}, {"optimizer": "adamw"}],
    "learning_rate": [{}, {"learning_rate": 0.002}],
    "momentum": [{"optimizer": "sgd"}, {"optimizer": "sgd", "momentum": 0.9}],
    "nesterov": [{"optimizer": "sgd", "momentum": 0.9}, {"optimizer": "sgd", "momentum": 0.9, "nesterov": True}],
    "weight_decay": [{}, {"weight_decay": 0.1}],
    "schedule": [{}, {"schedule": "cosine"}],
    "milestones": [STEP, {**STEP, "milestones": (1, 2)}],
    "gamma": [STEP, {**STEP, "gamma": 0.5}],
    "epochs": [{}, {"epochs": 3}],
    "batch_size": [{}, {"batch_size": 17}],
    "label_smoothing": [{}, {"label_smoothing": 0.1}],
    "flip": [{}, {"flip": True}],
    "crop_padding": [{}, {"crop_padding": 1}],
    "rotation": [{}, {"rotation": 5.0}],
    "early_stopping": [{}, {"early_stopping": True}],
    "bf16": [{}, {"bf16": True}],
}


@pytest.mark.parametrize("name", [field.name for field in fields(Recipe)])
def test_every_field_is_part_of_the_name(name: str) -> None:
    one, other = (recipe(**changes) for changes in CHANGES[name])
    assert getattr(one, name) != getattr(other, name)
    assert hash(one) != hash(other)
    assert fingerprint(one) != fingerprint(other)
    assert fingerprint(one) == fingerprint(recipe(**CHANGES[name][0]))
