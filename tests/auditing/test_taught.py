"""What a user says of how the target was trained."""

import pytest
from sklearn.linear_model import LogisticRegression

from miaudit.auditing.taught import recipe_from
from miaudit.errors import UserError
from miaudit.models.mlp import Mlp
from miaudit.own.recipe import OwnTraining
from miaudit.training.estimators import EstimatorRecipe
from miaudit.training.recipe import Recipe
from own_code import train
from tiny import Net, recipe


def test_recipes_estimators_and_functions() -> None:
    how = recipe()
    assert recipe_from(None, None) is None
    assert recipe_from(how, None) is how
    assert isinstance(recipe_from(LogisticRegression(C=2.0), None), EstimatorRecipe)
    assert isinstance(recipe_from(None, train), OwnTraining)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"epochs": 20, "optimizer": "sgd"}, r"write recipe=miaudit.Recipe\(epochs=20, optimizer='sgd'\)"),
        (Recipe, r"the class Recipe; write recipe=miaudit.Recipe\(\.\.\.\)"),
        (Net(), r"write recipe=miaudit.Recipe\(model=\.\.\.\)"),
        (Mlp(hidden=(8,)), r"write recipe=miaudit.Recipe\(model=\.\.\.\)"),
        (train, "give a function that trains as `fit`"),
        (20, r"20; write recipe=miaudit.Recipe\(epochs=20"),
    ],
)
def test_anything_else_is_told_what_to_write(given: object, message: str) -> None:
    with pytest.raises(UserError, match=r"audit\(\): expected a miaudit.Recipe as recipe, got.*" + message):
        recipe_from(given, None)


def test_only_one_of_the_two() -> None:
    with pytest.raises(UserError, match="expected either `recipe` or `fit`, got both"):
        recipe_from(recipe(), train)
