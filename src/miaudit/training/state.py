"""The state of a network's training between two epochs, as tensors that can be kept and taken up again."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import numpy.typing as npt

from miaudit.arrays import Tensors
from miaudit.errors import UserError
from miaudit.training.device import wait_for
from miaudit.training.optimizers import make_memory, memory_of

if TYPE_CHECKING:
    import torch


class Best(Protocol):
    """Keeps the weights of the best epoch."""

    def slots(self) -> "dict[str, torch.Tensor]":
        """The tensors that it keeps, by name."""


class TrainingState:
    """Everything that the rest of a training depends on, apart from its arguments.

    These are parameters and buffers, what the optimizer remembers, the best epoch so far, and torch's generators.
    """

    def __init__(
        self,
        module: "torch.nn.Module",
        optimizer: "torch.optim.Optimizer",
        best: Best,
        device: str,
        draws: bool = True,
    ) -> None:
        """Name the parts of the state.

        Args:
            module: the network.
            optimizer: the optimizer of its parameters.
            best: keeps the weights of the best epoch.
            device: the device that it is trained on.
            draws: whether its layers may draw random numbers in training.
        """
        self.module, self.optimizer, self.best, self.device = module, optimizer, best, device
        self.generators = _generators(device) if draws else {}

    @property
    def bytes(self) -> int:
        """Size of the state."""
        return sum(slot.numel() * slot.element_size() for slot in self._slots().values())

    def tensors(self) -> Tensors:
        """The state as arrays by name, of one axis at least; they may share the network's memory.

        Raises:
            UserError: a tensor of the network cannot be an array, such as a sparse one or one in bfloat16.
        """
        wait_for(self.device)
        drawn = {name: get().numpy() for name, (get, _) in self.generators.items()}
        return drawn | {name: _array(name, slot) for name, slot in self._slots().items()}

    def take_up(self, tensors: Tensors) -> bool:
        """Go on from these tensors; False, and nothing is changed, if they are not a state of this training."""
        import torch

        before = dict(self.optimizer.state)
        make_memory(self.optimizer, {name.split(".")[1] for name in tensors if name.startswith("optimizer.")})
        slots = self._slots()
        fits = tensors.keys() == slots.keys() | self.generators.keys()
        if not fits or not all(_fits(tensors[name], slot) for name, slot in slots.items()) or not self._seeded(tensors):
            self.optimizer.state.clear()
            self.optimizer.state.update(before)
            return False
        wait_for(self.device)
        with torch.no_grad():
            for name, slot in slots.items():  # in place: memory layouts and recorded steps stay as they are
                slot.copy_(torch.from_numpy(tensors[name]).view(slot.shape))
        wait_for(self.device)
        return True

    def _slots(self) -> "dict[str, torch.Tensor]":
        # Not the state dict, which lacks buffers that are not persistent.
        named = [*self.module.named_parameters(), *self.module.named_buffers()]
        return {
            **{f"network.{name}": tensor for name, tensor in named},
            **{f"optimizer.{name}": tensor for name, tensor in memory_of(self.optimizer).items()},
            **{f"best.{name}": tensor for name, tensor in self.best.slots().items()},
        }

    def _seeded(self, tensors: Tensors) -> bool:
        """Set the generators; False, and all are as they were, if one of them cannot be in this state."""
        import torch

        before = {name: get() for name, (get, _) in self.generators.items()}
        try:
            for name, (_, set_state) in self.generators.items():
                set_state(torch.from_numpy(tensors[name]))
        except (RuntimeError, TypeError):
            for name, (_, set_state) in self.generators.items():
                set_state(before[name])
            return False
        return True


def _generators(device: str) -> "dict[str, tuple[Callable[[], torch.Tensor], Callable[[torch.Tensor], Any]]]":
    """How to get and to set the state of the generators that layers draw from on the device."""
    import torch

    found: Any = {"generator.cpu": (torch.get_rng_state, torch.set_rng_state)}
    if device != "cpu":
        kind = torch.cuda if device == "cuda" else torch.mps
        found["generator.device"] = (kind.get_rng_state, kind.set_rng_state)
    return dict(found)


def _array(name: str, slot: "torch.Tensor") -> npt.NDArray[Any]:
    """The tensor's values; raises UserError under this name if numpy has no such arrays."""
    try:
        return np.atleast_1d(slot.detach().cpu().numpy())
    except TypeError as error:
        raise UserError(f"the tensor {name} cannot be stored: {error}") from error


def _fits(array: Any, slot: "torch.Tensor") -> bool:
    """Are these values of the tensor's type and shape?"""
    import torch

    try:
        value = torch.from_numpy(array)
    except TypeError:  # a type that torch lacks
        return False
    return value.dtype == slot.dtype and value.shape == (slot.shape or (1,))
