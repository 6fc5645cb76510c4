"""The contract of an architecture, and inference."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

import numpy as np

from miaudit.answers import AnswerForm
from miaudit.arrays import Floats
from miaudit.errors import UserError
from miaudit.features.base import Inputs
from miaudit.module_inputs import call, each, tensors_of

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


@runtime_checkable
class Answering(Protocol):
    """An architecture whose networks answer in a form that is not logits (batch, C)."""

    @property
    def form(self) -> AnswerForm:
        """The form in which the networks' answers are read."""


def may_stack(architecture: object) -> bool:
    """Does the architecture's class say, by `may_stack = True`, that its small networks may be trained in stacks?

    What derives from such a class may compute something else, so the class itself must say it.
    """
    return bool(vars(type(architecture)).get("may_stack", False))


def predict(module: "torch.nn.Module", x: Inputs, device: str = "cpu", batch: int = INFERENCE_BATCH) -> Floats:
    """Ask a module in evaluation mode about records x (n, ...); returns (n, C) as a rule, and restores the modes.

    Records get the module's own precision. Answers are float64 where the module computes in it, else float32.

    Raises:
        UserError: the module gives neither a tensor nor an object with `logits`.
    """
    with at_rest(module):
        blocks = [_answer(module, x[start : start + batch], device) for start in range(0, len(x), batch)]
    return np.concatenate(blocks)


@contextmanager
def at_rest(module: "torch.nn.Module") -> Iterator[None]:
    """Put the module into evaluation mode, without gradients, and every part of it back into the mode that it had."""
    import torch

    # A user may have frozen some parts; TorchScript that was frozen has no modes.
    modes = {part: part.training for part in module.modules() if hasattr(part, "training")}
    module.eval()
    try:
        # Parameters that are made by the first call must not be those of inference alone.
        with torch.no_grad() if _has_unmade(module) else torch.inference_mode():
            yield
    finally:
        for part, mode in modes.items():
            part.training = mode


def _has_unmade(module: "torch.nn.Module") -> bool:
    from torch.nn.parameter import is_lazy

    return any(is_lazy(tensor) for tensor in (*module.parameters(), *module.buffers()))


def gives_tensor(module: "torch.nn.Module", x: Any, device: str) -> bool:
    """Does the module answer with a tensor, rather than with an object that holds one?"""
    import torch

    with at_rest(module):
        return isinstance(said_about(module, tensors_of(x[:1], device)), torch.Tensor)


def device_of(module: "torch.nn.Module") -> str:
    """The device of the module's first parameter or buffer; the CPU where it has none."""
    return next((str(tensor.device) for tensor in (*module.parameters(), *module.buffers())), "cpu")


def said_about(module: "torch.nn.Module", records: Any) -> Any:
    """Call the module on a tensor of records, or on a tuple or dict of tensors, in its own precision."""
    return call(module, each(lambda tensor: in_type_of(module, tensor), records))


def _answer(module: "torch.nn.Module", x: Inputs, device: str) -> Floats:
    return to_array(tensor_of(said_about(module, tensors_of(x, device))))


def to_array(answer: "torch.Tensor") -> Floats:
    """The answers as an array: float64 and whole numbers as they are, all others in single precision."""
    import torch

    single = answer.float() if answer.is_floating_point() and answer.dtype != torch.float64 else answer
    values: Floats = single.cpu().numpy()
    return values


def in_type_of(module: "torch.nn.Module", records: "torch.Tensor") -> "torch.Tensor":
    """Records in the precision of the module's first floating-point parameter; whole numbers as int64."""
    import torch

    if not records.is_floating_point():
        return records if records.dtype == torch.bool else records.to(torch.int64)
    return records.to(precision_of(module))


def precision_of(module: "torch.nn.Module") -> "torch.dtype":
    """The type of the module's first floating-point parameter; float32 where it has none."""
    import torch

    return next((p.dtype for p in module.parameters() if p.is_floating_point()), torch.float32)


def tensor_of(answer: Any) -> "torch.Tensor":
    """The tensor that a module answers with, which may be the `logits` of an object or of a dictionary.

    Raises:
        UserError: the answer is something else.
    """
    import torch

    if isinstance(answer, Mapping):
        answer = answer.get("logits")
    elif isinstance(answer, tuple | list) and len(answer) == 1:
        answer = answer[0]
    found = getattr(answer, "logits", answer)
    if isinstance(found, torch.Tensor):
        return found
    came = f"{type(answer).__name__} of {len(answer)}" if isinstance(answer, tuple | list) else type(answer).__name__
    raise UserError(
        f"expected a module that gives a tensor, or an object with `logits`, got a {came}: wrap it in a module that "
        "gives the logits alone"
    )
