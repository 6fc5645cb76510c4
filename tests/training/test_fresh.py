"""Modules that keep trained state in every way that re-initialisation can miss."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from miaudit import audit
from miaudit.errors import UserError
from miaudit.training.fresh import check_fresh
from miaudit.training.like import Like

RNG = np.random.default_rng(0)
CENTRES = RNG.normal(0.0, 3.0, size=(4, 6)).astype(np.float32)
Y = RNG.integers(4, size=120)
X = (CENTRES[Y] + RNG.normal(size=(120, 6))).astype(np.float32)


class Norm(nn.Module):
    """A normalisation with running statistics that nothing resets."""

    mean: torch.Tensor

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(6))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if self.training:
            self.mean.mul_(0.9).add_(0.1 * x.mean(dim=0))
        return x - self.mean


class Constant(nn.Module):
    """Adds a constant, as positional encodings are."""

    encoding: torch.Tensor

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("encoding", torch.linspace(-1, 1, 6), persistent=False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x + self.encoding


class Prototypes(nn.Module):
    """Classifies by centres; as a buffer or as a plain attribute."""

    def __init__(self, plain: bool) -> None:
        super().__init__()
        if plain:
            self.centres = torch.as_tensor(CENTRES)
        else:
            self.register_buffer("centres", torch.as_tensor(CENTRES))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return -torch.cdist(x, self.centres)


class Forgetful(nn.Linear):
    """Its own reset forgets the bias."""

    def __init__(self, features: int, classes: int) -> None:
        super().__init__(features, classes)
        nn.init.zeros_(self.bias)  # what was in memory otherwise

    def reset_parameters(self) -> None:
        nn.init.normal_(self.weight)


def trained(*layers: nn.Module) -> nn.Sequential:
    """A network of which every floating number was changed by training, but for plain constants."""
    module = nn.Sequential(*layers)
    torch.manual_seed(1)
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.add_(torch.randn_like(parameter))
        for _ in range(5):
            module.train()(torch.as_tensor(X))
    return module.eval()


@pytest.mark.parametrize(
    "build",
    [
        lambda: trained(nn.Linear(6, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Dropout(0.5), nn.Linear(8, 4)),
        lambda: trained(nn.LayerNorm(6), nn.Linear(6, 4)),
        lambda: trained(nn.Linear(6, 8), nn.PReLU(), nn.Linear(8, 4, bias=False)),
        lambda: trained(Constant(), nn.Linear(6, 4)),
    ],
    ids=["batch norm", "layer norm", "prelu", "constant"],
)
def test_layers_that_are_drawn_afresh_pass(build: Callable[[], nn.Module]) -> None:
    check_fresh(Like.of(build()), X, Y)


@pytest.mark.parametrize(
    ("build", "named"),
    [
        (lambda: trained(Norm(), nn.Linear(6, 4)), "0.mean"),
        (lambda: trained(nn.Linear(6, 4), Forgetful(4, 4)), "1.bias"),
        (lambda: trained(Prototypes(plain=False)), "0.centres"),
        (lambda: trained(Prototypes(plain=True)), "0.centres"),
    ],
    ids=["running mean", "forgotten bias", "buffer", "attribute"],
)
def test_trained_state_that_survives_is_named(build: Callable[[], nn.Module], named: str) -> None:
    with pytest.raises(UserError, match=rf"leaves trained state in {named}: draw it afresh in reset_parameters"):
        check_fresh(Like.of(build()), X, Y)


def test_weights_under_a_parametrization_do_not_pass() -> None:
    layer = nn.utils.parametrizations.weight_norm(nn.Linear(6, 4))
    with pytest.raises(UserError, match="parametrizations"):
        check_fresh(Like.of(trained(layer)), X, Y)


def test_the_target_and_the_random_state_are_left_alone() -> None:
    module = trained(nn.Linear(6, 8), nn.BatchNorm1d(8), nn.Linear(8, 4))
    before = {name: value.clone() for name, value in module.state_dict().items()}
    state = torch.random.get_rng_state()
    check_fresh(Like.of(module), X, Y)
    assert torch.equal(state, torch.random.get_rng_state())
    assert not module.training
    assert all(torch.equal(value, before[name]) for name, value in module.state_dict().items())


def test_an_audit_refuses_before_anything_is_trained(tmp_path: Path) -> None:
    module = trained(Norm(), nn.Linear(6, 4))
    with pytest.raises(UserError, match=r"leaves trained state in 0\.mean"):
        audit(module, (X[:60], Y[:60]), (X[60:], Y[60:]), models=2, shadows=1, store=tmp_path / "store")
    assert not list((tmp_path / "store").rglob("*.safetensors"))
