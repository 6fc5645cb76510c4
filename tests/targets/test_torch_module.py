import numpy as np
import numpy.testing as npt
import pytest
import torch
from torch import nn

from miaudit.errors import UserError
from miaudit.targets.base import query
from miaudit.targets.torch_module import TorchModule
from miaudit.training.like import Like
from miaudit.training.recipe import Recipe

X = np.random.default_rng(0).normal(size=(7, 4)).astype(np.float32)


class Pair(nn.Module):
    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        return x, x


class Mean(nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x.mean(dim=1)


class Pooled(nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x.mean(dim=0, keepdim=True)


def test_logits_are_those_of_the_module_at_rest() -> None:
    linear = nn.Linear(4, 3)
    module = nn.Sequential(linear, nn.Dropout(0.5))
    target = TorchModule(module)
    expected = X.astype(np.float64) @ linear.weight.detach().numpy().T + linear.bias.detach().numpy()
    logits = target.outputs(X).values
    assert logits.dtype == np.float32
    npt.assert_allclose(logits, expected, rtol=1e-5, atol=1e-6)
    assert module.training
    assert target.description == "Sequential (torch, 15 parameters)"


def test_a_module_without_parameters_is_a_model_too() -> None:
    npt.assert_array_equal(TorchModule(nn.Identity()).outputs(X).values, X)


def test_logits_in_half_precision_come_as_single() -> None:
    module = nn.Sequential(nn.Linear(4, 3), nn.Identity()).to(torch.bfloat16)

    class Cast(nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            logits: torch.Tensor = module(x.to(torch.bfloat16))
            return logits

    assert TorchModule(Cast()).outputs(X).values.dtype == np.float32


@pytest.mark.parametrize(
    ("module", "message"),
    [
        (nn.Linear(5, 3), r"records of shape \(4,\).* failed on 7 records: RuntimeError: mat1 and mat2"),
        (Pair(), r"the Pair, given records .*, failed on 7 records: AttributeError: 'tuple'"),
        (Mean(), r"the Mean, asked about 7 records: expected logits \(7, C\) with C >= 2, it gave \(7,\)"),
        (nn.Linear(4, 1), r"with C >= 2, it gave \(7, 1\)"),
        (Pooled(), r"\(7, C\) with C >= 2, it gave \(1, 4\)"),
    ],
)
def test_a_module_that_gives_no_logits_is_refused(module: nn.Module, message: str) -> None:
    with pytest.raises(UserError, match=message):
        query(TorchModule(module), X)


def test_logits_that_are_not_finite_are_refused() -> None:
    with pytest.raises(UserError, match="the Identity, asked about 1 record: expected finite numbers, got nan"):
        query(TorchModule(nn.Identity()), np.array([[1.0, np.nan]], dtype=np.float32))


def test_its_own_architecture_is_trained_by_the_default_recipe() -> None:
    module, rng = nn.Linear(4, 3), np.random.default_rng(0)
    guess = TorchModule(module).guess(X, rng.integers(3, size=7))
    assert guess.recipe == Recipe(model=Like.of(module))
    assert guess.words == "by the default recipe for the target's architecture"


class Remembers(nn.Module):
    """Keeps its training where re-initialising does not reach."""

    memory: torch.Tensor

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("memory", torch.eye(4, 3))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        answer: torch.Tensor = x @ self.memory
        return answer


def test_no_guess_where_a_fresh_copy_would_remember() -> None:
    x = np.repeat(np.eye(4, dtype=np.float32)[:3], 20, axis=0)
    with pytest.raises(UserError, match="re-initialising the target leaves trained state in memory"):
        TorchModule(Remembers()).guess(x, np.repeat(np.arange(3), 20))
