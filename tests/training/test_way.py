import pytest
import torch
from torch import nn

from miaudit.models.mlp import Mlp
from miaudit.models.smallnet import Smallnet
from miaudit.training.like import Like
from miaudit.training.recipe import Recipe
from miaudit.training.way import LARGEST, code_version, way
from odd_models import Refuses
from tiny import Net, blobs, recipe

IMAGE = (1, 8, 8)


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        (recipe(), "stack"),
        (recipe(bf16=True, early_stopping=True), "stack"),
        (recipe(model=Mlp(hidden=(8,), dropout=0.1)), "plain"),
        (recipe(model=Mlp(hidden=(1,))), "plain"),
        (recipe(model=Smallnet()), "plain"),
        (recipe(flip=True), "plain"),
        (recipe(model=Refuses()), "plain"),  # which is not even built
        (recipe(model=Like.of(nn.Sequential(nn.Flatten(), nn.Linear(64, 10)))), "stack"),
        (recipe(model=Like.of(Net())), "plain"),
    ],
    ids=str,
)
def test_small_networks_of_linear_layers_are_stacked(how: Recipe, expected: str) -> None:
    assert way(how, IMAGE, 10) == expected


def test_the_size_of_the_network_decides_with_the_datas_shape() -> None:
    how = recipe(model=Mlp(hidden=(100,)))
    fits = (LARGEST - 100 - 1010) // 100
    assert way(how, (fits,), 10) == "stack"
    assert way(how, (fits + 1,), 10) == "plain"


def test_the_choice_draws_nothing() -> None:
    torch.manual_seed(1)
    way(recipe(), IMAGE, 10)
    after = torch.rand(3)
    torch.manual_seed(1)
    assert torch.equal(torch.rand(3), after)


def test_each_way_has_its_own_code_version() -> None:
    data = blobs()
    shape, classes = data.x.shape[1:], data.classes
    versions = {code_version(how, shape, classes) for how in (recipe(), recipe(model=Mlp(hidden=(8,), dropout=0.1)))}
    assert len(versions) == 2
    assert all(version.endswith(f" torch/{torch.__version__.split('+')[0]}") for version in versions)
