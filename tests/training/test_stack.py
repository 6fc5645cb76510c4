from collections.abc import Callable

import pytest
import torch
from torch import nn

from miaudit.training.stack import Stack, Step, steps_of
from tiny import Net


def network(*layers: nn.Module) -> nn.Sequential:
    return nn.Sequential(nn.Flatten(), *layers)


def hooked() -> nn.Module:
    module = network(nn.Linear(4, 3))
    module[1].register_forward_hook(lambda *_: None)
    return module


def frozen() -> nn.Module:
    module = network(nn.Linear(4, 3))
    module[1].weight.requires_grad_(False)
    return module


def shared() -> nn.Module:
    layer = nn.Linear(4, 4)
    return network(layer, nn.ReLU(), layer)


class Sub(nn.Sequential):
    """A sequence with a forward pass of its own, perhaps."""


def test_the_steps_of_a_sequence_nested_or_not() -> None:
    inner = nn.Sequential(nn.Linear(4, 8), nn.ReLU())
    steps = (
        Step("linear", 4, 8, bias=True),
        Step("relu"),
        Step("linear", 8, 5, bias=False),
        Step("tanh"),
        Step("linear", 5, 2, bias=True),
    )
    module = nn.Sequential(nn.Flatten(), inner, nn.Linear(8, 5, bias=False), nn.Tanh(), nn.Identity(), nn.Linear(5, 2))
    assert steps_of(module) == steps


@pytest.mark.parametrize(
    "module",
    [
        Net(),
        Sub(nn.Linear(4, 3)),
        network(nn.Linear(4, 8), nn.Dropout(0.1), nn.Linear(8, 3)),
        network(nn.Linear(4, 8), nn.BatchNorm1d(8), nn.Linear(8, 3)),
        network(nn.Linear(4, 8), nn.GELU(), nn.Linear(8, 3)),
        network(nn.Linear(4, 1), nn.ReLU(), nn.Linear(1, 3)),  # a layer of one unit
        network(nn.Linear(4, 3).double()),
        network(nn.utils.parametrizations.weight_norm(nn.Linear(4, 3))),
        nn.Sequential(nn.Flatten(0), nn.Linear(4, 3)),
        nn.Sequential(nn.Flatten(), nn.ReLU()),
        network(nn.Linear(4, 3), nn.Tanh(), nn.ReLU()),
        hooked(),
        frozen(),
        shared(),
    ],
)
def test_other_networks_are_not_stacked(module: nn.Module) -> None:
    assert steps_of(module) is None


@pytest.mark.parametrize("activation", [nn.ReLU, nn.Tanh])
@pytest.mark.parametrize("bias", [True, False])
def test_outputs_and_gradients_are_those_of_each_network(activation: Callable[[], nn.Module], bias: bool) -> None:
    modules = [network(nn.Linear(6, 9, bias), activation(), nn.Linear(9, 5), activation()) for _ in range(3)]
    steps = steps_of(modules[0])
    assert steps is not None
    stack = Stack(modules, steps, bf16=False)
    x, upstream = torch.randn(2, 16, 6), torch.randn(2, 16, 5)
    logits = stack.forward(x.clone())
    stack.backward(upstream.clone())
    for k in range(2):
        expected = modules[k](x[k])
        expected.backward(upstream[k])
        torch.testing.assert_close(logits[k], expected)
        flat = [p.grad for p in modules[k].parameters()]
        for (start, end), gradient in zip(stack.places, flat, strict=True):
            assert gradient is not None
            torch.testing.assert_close(stack.gradients[k, start:end], gradient.flatten())
    assert not stack.gradients[2].any()  # it had no part in the batch


def test_every_block_starts_on_a_boundary() -> None:
    modules = [network(nn.Linear(7, 5), nn.ReLU(), nn.Linear(5, 3)) for _ in range(2)]
    steps = steps_of(modules[0])
    assert steps is not None
    for bf16, bytes_each in ((False, 4), (True, 2)):
        stack = Stack(modules, steps, bf16)
        starts = [start * bytes_each for start, _ in stack.places] + [stack.rows.shape[1] * bytes_each]
        assert [start % 64 for start in starts] == [0] * len(starts)
        assert stack.batch_rows(17) * bytes_each % 64 == 0


def test_parameters_go_in_and_out() -> None:
    modules = [network(nn.Linear(7, 5), nn.Linear(5, 3)) for _ in range(2)]
    before = [[p.clone() for p in module.parameters()] for module in modules]
    steps = steps_of(modules[0])
    assert steps is not None
    stack = Stack(modules, steps, bf16=False)
    stack.rows += 1
    for k in range(2):
        for old, new in zip(before[k], stack.write_back(k).parameters(), strict=True):
            assert torch.equal(old + 1, new)
