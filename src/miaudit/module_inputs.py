"""Records as a torch module takes them: one tensor, or several by place or by name."""

import inspect
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeGuard

import numpy as np

from miaudit.errors import UserError
from miaudit.features.base import Features, Inputs, native

if TYPE_CHECKING:
    import torch

KEYWORD = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
PLACE = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)


def is_module(value: object) -> "TypeGuard[torch.nn.Module]":
    """Is it a torch module? Whoever has one has imported torch, so the question imports nothing."""
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(value, torch.nn.Module)


def tensors_of(x: Inputs, device: str = "cpu") -> Any:
    """The records as a tensor on the device, or as a tuple or dict of tensors; they share no memory with x.

    Raises:
        UserError: they are text or a table, which no module takes.
    """
    plain = native(x)
    if isinstance(x, Features) and not isinstance(plain, np.ndarray | tuple | dict):
        raise UserError(
            f"a torch module reads numbers, and the records are a {x.form}: turn them into numbers as the model's "
            "training did, or give an object with `logits(x)` and `description` that does"
        )
    return each(lambda array: _tensor(array, device), plain)


def each(change: Callable[[Any], Any], tensors: Any) -> Any:
    """Apply `change` to a tensor, or to each one in a tuple or dict."""
    if isinstance(tensors, dict):
        return {name: change(tensor) for name, tensor in tensors.items()}
    return tuple(map(change, tensors)) if isinstance(tensors, tuple) else change(tensors)


def call(module: "torch.nn.Module", tensors: Any) -> "torch.Tensor":
    """Call the module on its inputs.

    A dict is given by keywords where `forward` has parameters of these names, a tuple by places where it has as many;
    otherwise each is given as one argument.
    """
    if isinstance(tensors, dict) and _takes_names(module, set(tensors)):
        return module(**tensors)
    if isinstance(tensors, tuple) and _takes_places(module, len(tensors)):
        return module(*tensors)
    return module(tensors)


def _tensor(array: Any, device: str) -> "torch.Tensor":
    import torch

    return torch.from_numpy(np.array(array, order="C")).to(device)  # a copy: torch wants arrays that may be written to


def _takes_names(module: "torch.nn.Module", names: set[str]) -> bool:
    parameters = inspect.signature(module.forward).parameters.values()
    takes_any = any(parameter.kind is inspect.Parameter.VAR_KEYWORD for parameter in parameters)
    return takes_any or names <= {parameter.name for parameter in parameters if parameter.kind in KEYWORD}


def _takes_places(module: "torch.nn.Module", count: int) -> bool:
    parameters = inspect.signature(module.forward).parameters.values()
    takes_any = any(parameter.kind is inspect.Parameter.VAR_POSITIONAL for parameter in parameters)
    return takes_any or count <= sum(parameter.kind in PLACE for parameter in parameters)
