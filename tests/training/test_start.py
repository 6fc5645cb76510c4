"""Networks that begin with given weights."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

from miaudit.errors import UserError
from miaudit.fingerprint import fingerprint
from miaudit.models.mlp import Mlp
from miaudit.training.data import Batch, Records, Subset
from miaudit.training.recipe import Recipe
from miaudit.training.way import parameters_of, way
from tiny import blobs

DATA = blobs()
NO_ROWS = np.arange(0)


def network(seed: int) -> nn.Module:
    torch.manual_seed(seed)
    return Mlp(hidden=(8,)).build((4,), 3)


def test_training_begins_with_the_weights() -> None:
    start = network(1)
    model = Recipe(model=Mlp(hidden=(8,)), start=start).model
    built = model.build((4,), 3)
    assert all(value.equal(start.state_dict()[name]) for name, value in built.state_dict().items())
    assert built is not start


def test_a_module_says_its_architecture_itself() -> None:
    start = network(1)
    model = Recipe(start=start).model
    assert all(value.equal(start.state_dict()[name]) for name, value in model.build((4,), 3).state_dict().items())


def test_models_depend_on_the_weights_that_they_begin_with() -> None:
    records = Records(DATA.x, DATA.y, DATA.classes)
    subset = Subset(np.arange(30), 0, NO_ROWS)
    said = []
    for start in (network(1), network(1), network(2)):
        recipe = Recipe(model=Mlp(hidden=(8,)), start=start, epochs=1)
        (model,) = recipe.train(records, Batch([subset]))
        said.append(model.outputs(DATA.x).values)
    assert np.array_equal(said[0], said[1])
    assert not np.array_equal(said[0], said[2])


def test_names_follow_from_the_weights_and_stay_without_them() -> None:
    plain, *started = (
        Recipe(model=Mlp(hidden=(8,)), start=start) for start in (None, network(1), network(1), network(2))
    )
    names = [fingerprint(recipe) for recipe in (plain, *started)]
    assert names[1] == names[2]
    assert len(set(names)) == 3
    assert plain == Recipe(model=Mlp(hidden=(8,)))
    assert replace(started[0], epochs=30) == started[0]


def test_it_is_counted_and_trained_one_by_one() -> None:
    recipe = Recipe(model=Mlp(hidden=(8,)), start=network(1))
    assert parameters_of(recipe, (4,), 3) == parameters_of(Recipe(model=Mlp(hidden=(8,))), (4,), 3)
    assert way(recipe, (4,), 3) == "plain"


def test_a_trained_one_is_restored() -> None:
    records = Records(DATA.x, DATA.y, DATA.classes)
    recipe = Recipe(model=Mlp(hidden=(8,)), start=network(1), epochs=1)
    (model,) = recipe.train(records, Batch([Subset(np.arange(30), 0, NO_ROWS)]))
    restored = recipe.restored(model.tensors() or {}, records)
    assert restored is not None
    assert np.array_equal(restored.outputs(DATA.x).values, model.outputs(DATA.x).values)


@pytest.mark.parametrize(
    ("start", "message"),
    [
        (3, "expected a torch module or a state dict as start, got 3"),
        ({"a": 1}, "expected a torch module or a state dict"),
    ],
)
def test_other_things_are_refused(start: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Recipe(model=Mlp(hidden=(8,)), start=start)


def test_a_state_dict_alone_waits_for_the_targets_architecture() -> None:
    recipe = Recipe(start=network(1).state_dict(), epochs=1)
    assert recipe.architecture is None
    whole = recipe.with_model(Mlp(hidden=(8,)))
    assert whole == Recipe(model=Mlp(hidden=(8,)), start=network(1), epochs=1)


def test_weights_of_another_model_are_told() -> None:
    model = Recipe(model=Mlp(hidden=(9,)), start=network(1)).model
    with pytest.raises(UserError, match="the weights of `start` do not fit the model"):
        model.build((4,), 3)
