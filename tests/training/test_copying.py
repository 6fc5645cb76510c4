"""Modules without their wrappers, and copies without what cannot be copied."""

import threading
from typing import Any

import pytest
import torch
from torch import nn
from torch.optim.swa_utils import AveragedModel

from miaudit.training.copying import copied, is_private, unwrapped

X = torch.randn(5, 4, generator=torch.Generator().manual_seed(0))


class Remembering(nn.Module):
    """Keeps its last features, which have a gradient, and a lock."""

    def __init__(self) -> None:
        super().__init__()
        self.layer, self.lock = nn.Linear(4, 3), threading.Lock()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        self.last = self.layer(x)
        return self.last


def eager(module: nn.Module) -> Any:
    """The module compiled without generating code."""
    return torch.compile(module, backend="eager")


def test_wrappers_are_taken_off_however_many_there_are() -> None:
    layer = nn.Linear(4, 3)
    for wrapped in (
        nn.DataParallel(layer),
        eager(layer),
        nn.DataParallel(eager(layer)),
        layer,
    ):
        assert unwrapped(wrapped) is layer
    assert unwrapped(AveragedModel(layer)).state_dict()["weight"].equal(layer.weight)
    named = nn.Sequential(layer)
    named.add_module("module", nn.ReLU())  # a part that is merely called so
    assert unwrapped(named) is named


def test_what_cannot_be_copied_is_shared() -> None:
    module = Remembering()
    module(X)
    copy: Any = copied(module)
    assert copy.lock is module.lock
    assert copy.last is not module.last
    assert not copy.last.requires_grad
    assert copy.layer.weight is not module.layer.weight
    assert copy(X).equal(module(X))


def doubled(_: nn.Module, __: object, output: torch.Tensor) -> torch.Tensor:
    return 2 * output


def test_hooks_that_change_the_answers_are_kept() -> None:
    module = nn.Linear(4, 3)
    module.register_forward_hook(doubled)
    assert copied(module)(X).equal(module(X))
    assert len(copied(module)._forward_hooks) == 1


def test_compiled_code_stays_behind() -> None:
    module = nn.Linear(4, 3)
    module.compile(backend="eager")
    assert copied(module)(X).equal(nn.functional.linear(X, module.weight, module.bias))
    assert "_compiled_call_impl" not in vars(copied(module))


def test_hooks_of_opacus_are_left_out_and_the_original_keeps_them() -> None:
    opacus = pytest.importorskip("opacus")
    module = nn.Sequential(nn.Linear(4, 3))
    module.register_forward_hook(doubled)
    private = opacus.GradSampleModule(module)
    private(X.clone().requires_grad_()).sum().backward()  # leaves activations and gradients of single records
    copy = copied(unwrapped(private))
    assert is_private(private)
    assert is_private(module)
    assert not is_private(copy)
    assert copy(X).equal(module(X))
    (inner,), (original,) = copy.children(), module.children()
    assert not inner._forward_hooks
    assert not inner._backward_hooks
    assert original._forward_hooks
    assert not hasattr(copy, "autograd_grad_sample_hooks")
    assert hasattr(module, "autograd_grad_sample_hooks")
