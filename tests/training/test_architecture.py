"""What a recipe's `model` may be."""

import pytest
import torch
from torch import nn

from miaudit.errors import UserError
from miaudit.models.mlp import Mlp
from miaudit.training.architecture import Making, architecture_of
from miaudit.training.like import Like
from miaudit.training.recipe import Recipe


class Small(nn.Module):
    """A network whose weights are drawn in its own way."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.Linear(4, 3)
        nn.init.constant_(self.layer.bias, 7.0)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        out: torch.Tensor = self.layer(x)
        return out


def test_an_architecture_stays_as_it_is() -> None:
    assert Recipe(model=Mlp(hidden=(8,))).model == Mlp(hidden=(8,))
    assert Recipe().model is None


def test_a_module_is_trained_afresh() -> None:
    model = Recipe(model=Small()).model
    assert isinstance(model, Like)
    assert not model.build((4,), 3).get_parameter("layer.bias").eq(7.0).any()


@pytest.mark.parametrize("make", [Small, lambda: Small()])
def test_a_class_or_a_function_draws_its_own_weights(make: object) -> None:
    before = torch.get_rng_state()
    model = Recipe(model=make).model
    assert isinstance(model, Making)
    assert torch.get_rng_state().equal(before)
    torch.manual_seed(0)
    first, second = (model.build((4,), 3) for _ in range(2))
    assert first.training
    assert first.get_parameter("layer.bias").eq(7.0).all()
    assert not first.get_parameter("layer.weight").equal(second.get_parameter("layer.weight"))


def test_equal_sources_are_equal_architectures() -> None:
    assert architecture_of(Small) == architecture_of(Small)
    assert architecture_of(Small) != architecture_of(lambda: Small())
    assert Recipe(model=Small) == Recipe(model=Small)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (Mlp, r"got the class Mlp: write Mlp\(\.\.\.\)"),
        (3, "expected an instance of a class in miaudit.models, .* got 3"),
        (nn.Linear, r"Linear\(\) fails: .*give Linear\(\.\.\.\), an instance, or lambda"),
        (dict, r"dict\(\) gives \{\}"),
    ],
)
def test_other_things_are_refused(given: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Recipe(model=given)


def test_a_module_that_cannot_be_drawn_afresh_is_refused() -> None:
    class Fixed(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.weight = nn.Parameter(torch.ones(2))

    with pytest.raises(UserError, match="no reset_parameters"):
        Recipe(model=Fixed())
