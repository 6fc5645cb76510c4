"""Defences that change a recipe."""

from dataclasses import replace
from typing import Any

import pytest

from miaudit import registry
from miaudit.defences.base import Guarantees, MasksOutputs, TrainsOtherwise
from miaudit.errors import UserError
from miaudit.models.mlp import Mlp
from miaudit.models.smallnet import Smallnet
from miaudit.training.dp_sgd import DpSgdRecipe
from miaudit.training.recipe import Recipe
from tiny import recipe

OPTIONS: dict[str, dict[str, Any]] = {"confidence_masking": {"top_k": 1}}


@pytest.mark.parametrize(
    ("name", "options", "changes"),
    [
        ("l2", {}, {"weight_decay": 1e-3}),
        ("l2", {"weight": 0.01}, {"weight_decay": 0.01}),
        ("dropout", {"rate": 0.3}, {"model": Mlp(hidden=(8,), dropout=0.3)}),
        ("early_stopping", {}, {"early_stopping": True}),
        ("label_smoothing", {"amount": 0.2}, {"label_smoothing": 0.2}),
        ("augmentation", {}, {"flip": True, "crop_padding": 4}),
        ("augmentation", {"flip": False, "crop_padding": 0, "rotation": 9}, {"rotation": 9.0}),
    ],
)
def test_one_field_of_the_recipe_changes(name: str, options: dict[str, Any], changes: dict[str, Any]) -> None:
    plain = recipe()
    assert registry.build("defences", name, options).defend(plain) == replace(plain, **changes)


def test_dp_sgd_wraps_the_recipe() -> None:
    plain = recipe()
    how = registry.build("defences", "dp_sgd", {"noise": 0.6}).defend(plain)
    assert how == DpSgdRecipe(base=plain, clip=10.0, noise=0.6)


@pytest.mark.parametrize("name", registry.names("defences"))
def test_every_defence_says_where_it_comes_from_and_does_something(name: str) -> None:
    defence = registry.build("defences", name, OPTIONS.get(name, {}))
    assert defence.paper
    assert isinstance(defence, TrainsOtherwise) != isinstance(defence, MasksOutputs)
    assert isinstance(defence, Guarantees) == (name == "dp_sgd")
    if isinstance(defence, TrainsOtherwise):
        assert defence.defend(recipe()) != recipe()


def test_a_model_without_dropout_is_refused_with_those_that_have_it() -> None:
    with pytest.raises(UserError, match=r"defence dropout: smallnet has no dropout; expected .* mlp, wide_resnet"):
        registry.build("defences", "dropout", {}).defend(Recipe(model=Smallnet()))


def test_an_augmentation_of_nothing_is_refused() -> None:
    with pytest.raises(UserError, match="changes nothing"):
        registry.build("defences", "augmentation", {"flip": False, "crop_padding": 0}).defend(recipe())


def test_dp_sgd_refuses_half_precision() -> None:
    with pytest.raises(UserError, match="bf16"):
        registry.build("defences", "dp_sgd", {}).defend(recipe(bf16=True))


def test_a_guarantee_says_infinite_where_there_is_no_noise() -> None:
    plain = recipe(epochs=2, batch_size=10)
    none = registry.build("defences", "dp_sgd", {"noise": 0}).guarantee(plain, 100)
    assert (none.epsilon, none.text) == (None, "epsilon infinite")
    some = registry.build("defences", "dp_sgd", {"noise": 1.0, "delta": 1e-4}).guarantee(plain, 100)
    assert some.epsilon is not None
    assert some.text == f"epsilon <= {some.epsilon:.2f} at delta 0.0001"
    less = registry.build("defences", "dp_sgd", {"noise": 2.0, "delta": 1e-4}).guarantee(plain, 100)
    assert less.epsilon is not None
    assert less.epsilon < some.epsilon
