"""The contract of an architecture, and inference."""

from typing import TYPE_CHECKING, Protocol, runtime_checkable

import numpy as np

from miaudit.arrays import Floats

if TYPE_CHECKING:
    import torch

INFERENCE_BATCH = 500  # small batches are fastest for convolutions on CPUs, and cost little elsewhere


class Architecture(Protocol):
    """A frozen pydantic dataclass: what names the architecture, and how to build it."""

    def build(self, shape: tuple[int, ...], classes: int) -> "torch.nn.Module":
        """A freshly initialised module from records of `shape` to (batch, classes) logits.

        Weights are drawn from torch's current generator: the caller seeds it.
        """


@runtime_checkable
class Outlined(Protocol):
    """An architecture that shows its layers without building a network, which may draw random numbers."""

    def outline(self) -> "torch.nn.Module":
        """A network with these layers, whose weights do not matter."""


def may_stack(architecture: object) -> bool:
    """Does the architecture's class say, by `may_stack = True`, that its small networks may be trained in stacks?

    What derives from such a class may compute something else, so the class itself must say it.
    """
    return bool(vars(type(architecture)).get("may_stack", False))


def predict_logits(module: "torch.nn.Module", x: Floats, device: str = "cpu", batch: int = INFERENCE_BATCH) -> Floats:
    """Logits (n, C), float32, of records x (n, ...), in evaluation mode; restores the modes."""
    import torch

    modes = {part: part.training for part in module.modules()}  # a user may have frozen some parts
    module.eval()
    try:
        with torch.inference_mode():
            blocks = [_logits(module, x[start : start + batch], device) for start in range(0, len(x), batch)]
    finally:
        for part, mode in modes.items():
            part.training = mode
    return np.concatenate(blocks)


def _logits(module: "torch.nn.Module", x: Floats, device: str) -> Floats:
    import torch

    records = torch.from_numpy(np.array(x, order="C"))  # a copy: torch takes no array that is not to be written to
    logits: Floats = module(records.to(device)).float().cpu().numpy()
    return logits
