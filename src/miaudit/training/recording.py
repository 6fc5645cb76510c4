"""Records training steps as CUDA graphs, each network's on a stream of its own.

Without a GPU the same calls carry the steps out one by one, which tests compare with the plain loop.
"""

import contextlib
import warnings
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, Protocol

import numpy.typing as npt

if TYPE_CHECKING:
    import torch

WARM_UP = 3  # steps before one is recorded: libraries choose their kernels and take their memory in the first ones

Step = Callable[[], None]


def can_be_recorded(module: "torch.nn.Module") -> bool:
    """Is a step of this network always the same kernels on the same memory?

    It must be made of layers that are known for it, all trained in single precision, without hooks. Random layers such
    as dropout are not: networks beside each other would draw from one stream.
    """
    import torch

    plain = all(parameter.requires_grad and parameter.dtype == torch.float32 for parameter in module.parameters())
    return plain and all(_is_known(part) and not _has_hooks(part) for part in module.modules())


def _is_known(part: "torch.nn.Module") -> bool:
    from torch import nn

    pooling = {nn.MaxPool2d, nn.AvgPool2d, nn.AdaptiveAvgPool2d}
    layers = {nn.Sequential, nn.Flatten, nn.Identity, nn.Linear, nn.Conv2d, nn.BatchNorm2d, nn.ReLU, nn.Tanh, *pooling}
    return type(part) in layers or type(part).__module__.startswith("miaudit.models.")


def _has_hooks(part: "torch.nn.Module") -> bool:
    return any((part._forward_hooks, part._forward_pre_hooks, part._backward_hooks, part._backward_pre_hooks))


class Lane(Protocol):
    """Where the steps of one network run, in their order."""

    def within(self) -> AbstractContextManager[Any]:
        """What is started in the block runs on this lane."""

    def copy(self, to: "torch.Tensor", array: npt.NDArray[Any]) -> None:
        """Copy an array to a tensor of the device; call it within the lane."""

    def recorded(self, step: Step) -> Step:
        """What repeats the step, which is carried out a few times for this; call the result within the lane."""

    def mark(self) -> Callable[[], None]:
        """A function that waits until everything that was started so far is finished."""


def lane_on(device: str) -> Lane:
    """A new lane on the device."""
    return Stream() if device == "cuda" else Here()


class Here:
    """A lane on which everything is finished as soon as it is called."""

    def within(self) -> AbstractContextManager[Any]:
        """A block that changes nothing."""
        return contextlib.nullcontext()

    def copy(self, to: "torch.Tensor", array: npt.NDArray[Any]) -> None:
        """Copy an array to a tensor of the same shape."""
        import torch

        to.copy_(torch.from_numpy(array))

    def recorded(self, step: Step) -> Step:
        """The step itself, carried out as often as on a GPU."""
        for _ in range(WARM_UP):
            step()
        return step

    def mark(self) -> Callable[[], None]:
        """A function that has nothing to wait for."""
        return lambda: None


class Stream:
    """A lane that is a CUDA stream."""

    def __init__(self) -> None:
        import torch

        self.stream = torch.cuda.Stream()  # type: ignore[no-untyped-call]

    def within(self) -> AbstractContextManager[Any]:
        """A block whose kernels go to this stream."""
        import torch

        return torch.cuda.stream(self.stream)

    def copy(self, to: "torch.Tensor", array: npt.NDArray[Any]) -> None:
        """Copy an array by way of pinned memory, so that nothing waits for the copy."""
        import torch

        to.copy_(torch.from_numpy(array).pin_memory(), non_blocking=True)

    def recorded(self, step: Step) -> Step:
        """The step as a CUDA graph; the step itself, with a warning, where it cannot be recorded."""
        import torch

        with self.within():
            for _ in range(WARM_UP):
                step()
        torch.cuda.synchronize()
        graph = torch.cuda.CUDAGraph()
        try:
            with torch.cuda.graph(graph, stream=self.stream):
                step()
        except RuntimeError as error:
            warnings.warn(f"training steps cannot be recorded, which makes them slower: {error}", stacklevel=2)
            torch.cuda.synchronize()
            return step
        replay: Step = graph.replay
        return replay

    def mark(self) -> Callable[[], None]:
        """A function that waits for what is on the stream now."""
        wait: Callable[[], None] = self.stream.record_event().synchronize
        return wait
