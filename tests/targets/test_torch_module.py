import numpy as np
import numpy.testing as npt
import pytest
import torch
from torch import nn

from miaudit.errors import UserError
from miaudit.targets.torch_module import TorchModule

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
        (Pair(), r"to logits \(n, C\), failed on 7 records: AttributeError: 'tuple'"),
        (Mean(), r"the Mean, asked about 7 records: expected logits \(7, C\) with C >= 2, it gave \(7,\)"),
        (nn.Linear(4, 1), r"with C >= 2, it gave \(7, 1\)"),
        (Pooled(), r"\(7, C\) with C >= 2, it gave \(1, 4\)"),
    ],
)
def test_a_module_that_gives_no_logits_is_refused(module: nn.Module, message: str) -> None:
    with pytest.raises(UserError, match=message):
        TorchModule(module).outputs(X)


def test_logits_that_are_not_finite_are_refused() -> None:
    with pytest.raises(UserError, match="the Identity, asked about 1 record: expected finite numbers, got nan"):
        TorchModule(nn.Identity()).outputs(np.array([[1.0, np.nan]], dtype=np.float32))
