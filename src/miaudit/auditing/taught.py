"""Reads what a user says about the target's training: a recipe, an estimator, or a training function of their own."""

from typing import Any

from miaudit.errors import UserError
from miaudit.messages import shortened
from miaudit.own.recipe import OwnTraining
from miaudit.training.base import AnyRecipe, is_kind_of_recipe, is_recipe
from miaudit.training.estimators import EstimatorRecipe


def recipe_from(recipe: Any, fit: Any) -> AnyRecipe | None:
    """The recipe that the arguments `recipe` and `fit` of `audit()` stand for; None where neither is given.

    Args:
        recipe: a recipe, or a classifier whose parameters are used.
        fit: a function train(x, y, seed) -> model, or a text such as "fit.py:train".

    Raises:
        UserError: both are given, or one is something else.
    """
    if fit is not None and recipe is not None:
        raise UserError("audit(): expected either `recipe` or `fit`, got both")
    if fit is not None:
        return OwnTraining.of(fit)
    if recipe is None or is_recipe(recipe):
        return recipe
    if hasattr(recipe, "get_params") and not isinstance(recipe, type):
        return EstimatorRecipe.of(recipe)
    raise UserError(f"audit(): expected a miaudit.Recipe as recipe, got {_kind(recipe)}; {_advice(recipe)}")


def _kind(given: Any) -> str:
    return f"the class {given.__name__}" if isinstance(given, type) else shortened(given)


def _advice(given: Any) -> str:
    """A hint at what to write instead."""
    if isinstance(given, dict):
        options = ", ".join(f"{key}={value!r}" for key, value in given.items())
        return f"write recipe=miaudit.Recipe({options})"
    if is_kind_of_recipe(given):
        return f"write recipe=miaudit.{given.__name__}(...), with its fields"
    if hasattr(given, "state_dict") or hasattr(given, "build"):
        return "write recipe=miaudit.Recipe(model=...), with the architecture as its model"
    if callable(given):
        return "give a function that trains as `fit`"
    return "write recipe=miaudit.Recipe(epochs=20, optimizer='sgd'), for instance"
