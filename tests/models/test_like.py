import pytest
import torch
from torch import nn

from miaudit.errors import UserError
from miaudit.fingerprint import fingerprint
from miaudit.models._like import Like
from miaudit.training.recipe import Recipe
from tiny import Net


class Wide(Net):
    """The same layers, another source."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        logits: torch.Tensor = self.out(torch.tanh(self.inner(x.flatten(1))))
        return logits


class Bare(nn.Module):
    """A layer that cannot be drawn afresh."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(3))


def key(module: nn.Module) -> str:
    return fingerprint(Recipe(model=Like.of(module)))


def test_the_copy_has_fresh_weights_and_leaves_the_module_alone() -> None:
    module = Net()
    before = {name: value.clone() for name, value in module.state_dict().items()}
    torch.manual_seed(3)
    copy = Like.of(module).build((1, 8, 8), 10)
    assert copy.training
    assert not torch.equal(copy.state_dict()["inner.weight"], before["inner.weight"])
    assert all(torch.equal(module.state_dict()[name], value) for name, value in before.items())


def test_statistics_are_reset_too() -> None:
    module = nn.Sequential(nn.Linear(4, 4), nn.BatchNorm1d(4))
    module(torch.randn(50, 4) + 9)
    assert module.state_dict()["1.running_mean"].abs().max() > 0
    assert torch.equal(Like.of(module).build((4,), 4).state_dict()["1.running_mean"], torch.zeros(4))


def test_weights_follow_from_the_seed() -> None:
    like = Like.of(Net())
    built = []
    for seed in (1, 1, 2):
        torch.manual_seed(seed)
        built.append(like.build((64,), 10).state_dict()["out.weight"])
    assert torch.equal(built[0], built[1])
    assert not torch.equal(built[0], built[2])


def test_the_name_is_that_of_the_architecture_not_of_the_weights() -> None:
    trained = Net()
    with torch.no_grad():
        trained.inner.weight.add_(1.0)
    assert key(Net()) == key(trained)


def test_the_name_changes_with_sizes_layers_and_source() -> None:
    modules = [Net(), Net(features=32), Net(classes=9), Wide(), nn.Sequential(nn.Linear(64, 10))]
    assert len({key(module) for module in modules}) == len(modules)


def test_what_repr_does_not_show_is_part_of_the_name() -> None:
    relu, gelu = nn.TransformerEncoderLayer(8, 2), nn.TransformerEncoderLayer(8, 2, activation="gelu")
    assert key(relu) == key(nn.TransformerEncoderLayer(8, 2))
    assert key(relu) != key(gelu)


def test_attention_is_drawn_afresh() -> None:
    module = nn.TransformerEncoderLayer(8, 2)
    copy = Like.of(module).build((8,), 2)
    assert not torch.equal(
        copy.state_dict()["self_attn.in_proj_weight"], module.state_dict()["self_attn.in_proj_weight"]
    )


def test_a_module_that_cannot_be_drawn_afresh_is_refused() -> None:
    with pytest.raises(UserError, match=r"layer '0' has parameters \['weight'\] but no reset_parameters"):
        Like.of(nn.Sequential(Bare()))
