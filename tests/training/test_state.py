import copy
from collections.abc import Callable

import numpy as np
import pytest
import torch

from miaudit.arrays import Tensors
from miaudit.errors import UserError
from miaudit.training.optimizers import make_optimizer
from miaudit.training.state import TrainingState
from tiny import recipe


class NoBest:
    def slots(self) -> dict[str, torch.Tensor]:
        return {}


class Net(torch.nn.Module):
    """A convolution in another memory layout, a counter, and a buffer that no state dict holds."""

    count: torch.Tensor
    hidden: torch.Tensor

    def __init__(self) -> None:
        super().__init__()
        self.layer = torch.nn.Conv2d(2, 3, 3)
        self.layer.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.unused = torch.nn.Parameter(torch.ones(2))
        self.register_buffer("count", torch.tensor(0))
        self.register_buffer("hidden", torch.zeros(3), persistent=False)


def state_of(net: Net) -> TrainingState:
    return TrainingState(net, make_optimizer(net.parameters(), recipe()), NoBest(), "cpu")


def begun() -> TrainingState:
    """After a step, except for the parameter that is not used."""
    net = Net()
    state = state_of(net)
    net.layer(torch.randn(1, 2, 5, 5)).square().sum().backward()
    state.optimizer.step()
    net.count += 1
    net.hidden += torch.rand(3)
    return state


def test_everything_is_taken_up() -> None:
    old, new = begun(), state_of(Net())
    kept = copy.deepcopy(old.tensors())
    drawn = torch.rand(3)
    assert new.take_up(copy.deepcopy(kept))
    assert torch.equal(torch.rand(3), drawn)
    torch.set_rng_state(torch.from_numpy(kept["generator.cpu"]))
    found = new.tensors()
    assert found.keys() == kept.keys()
    assert all(np.array_equal(found[name], kept[name]) for name in kept)
    assert {name.split(".")[1] for name in kept if name.startswith("optimizer.")} == {"1", "2"}  # 0 is not used
    assert kept["network.count"].tolist() == [1]
    assert "network.hidden" in kept


def test_memory_layouts_stay() -> None:
    """The fused optimizer passes over weights and averages in the order in which they lie in memory."""
    net = Net()
    new, weight = state_of(net), net.layer.weight
    assert new.take_up(begun().tensors())
    assert weight.is_contiguous(memory_format=torch.channels_last)
    assert new.optimizer.state[weight]["exp_avg"].stride() == weight.stride()


def test_its_size() -> None:
    assert state_of(Net()).bytes == 4 * (2 + 3 * 2 * 9 + 3 + 3) + 8


def lacking(tensors: Tensors) -> Tensors:
    return {name: value for name, value in tensors.items() if name != "network.unused"}


def more(tensors: Tensors) -> Tensors:
    return {**tensors, "network.other": np.zeros(1, np.float32)}


def of_another_type(tensors: Tensors) -> Tensors:
    return {**tensors, "network.unused": np.zeros(2)}


def of_a_strange_type(tensors: Tensors) -> Tensors:
    return {**tensors, "network.unused": np.array(["a", "b"])}


def of_another_shape(tensors: Tensors) -> Tensors:
    return {**tensors, "network.unused": np.zeros((1, 2), np.float32)}


def of_a_parameter_that_is_not_there(tensors: Tensors) -> Tensors:
    return {**tensors, "optimizer.7.exp_avg": np.zeros(2, np.float32)}


def with_half_a_memory(tensors: Tensors) -> Tensors:
    return {name: value for name, value in tensors.items() if not name.endswith(".step")}


def with_a_strange_generator(tensors: Tensors) -> Tensors:
    return {**tensors, "generator.cpu": np.zeros(7, np.uint8)}


@pytest.mark.parametrize(
    "change",
    [
        *(lacking, more, of_another_type, of_a_strange_type, of_another_shape, of_a_parameter_that_is_not_there),
        *(with_half_a_memory, with_a_strange_generator),
    ],
)
def test_what_does_not_fit_changes_nothing(change: Callable[[Tensors], Tensors]) -> None:
    tensors, new = change(begun().tensors()), state_of(Net())
    before = copy.deepcopy(new.tensors())
    assert not new.take_up(tensors)
    after = new.tensors()
    assert after.keys() == before.keys()
    assert all(np.array_equal(after[name], before[name]) for name in before)


def test_a_generator_that_is_refused_leaves_all_of_them_as_they_were() -> None:
    new, others = state_of(Net()), torch.Generator().manual_seed(1)
    new.generators["generator.other"] = (others.get_state, others.set_state)
    tensors = copy.deepcopy(new.tensors())
    torch.rand(3)  # the state is another one than that of the tensors
    before = copy.deepcopy(new.tensors())
    assert not new.take_up({**tensors, "generator.other": np.zeros(7, np.uint8)})
    assert np.array_equal(new.tensors()["generator.cpu"], before["generator.cpu"])
    assert new.take_up(tensors)


@pytest.mark.parametrize("buffer", [torch.ones(2, dtype=torch.bfloat16), torch.eye(2).to_sparse()])
def test_tensors_that_cannot_be_arrays_are_named(buffer: torch.Tensor) -> None:
    net = Net()
    net.register_buffer("mask", buffer, persistent=False)
    with pytest.raises(UserError, match=r"the tensor network\.mask cannot be stored"):
        state_of(net).tensors()
