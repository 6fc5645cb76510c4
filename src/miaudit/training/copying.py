"""Takes a module out of what libraries wrap around it, and copies it without what they left in it."""

import copy
import functools
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch

# Classes around a module by the library that they come from, with the attribute that holds the module.
WRAPPERS = {
    ("torch", "OptimizedModule"): "_orig_mod",
    ("torch", "DataParallel"): "module",
    ("torch", "DistributedDataParallel"): "module",
    ("torch", "AveragedModel"): "module",
    ("opacus", "GradSampleModule"): "_module",
    ("opacus", "DPDDP"): "module",
    ("opacus", "DifferentiallyPrivateDistributedDataParallel"): "module",
}
COMPILED = "_compiled_call_impl"  # what `module.compile()` sets
HANDLES = "autograd_grad_sample_hooks"  # what Opacus keeps in the module that it wraps
DROPPED = object()  # takes the place of what is left out


def unwrapped(module: "torch.nn.Module") -> "torch.nn.Module":
    """The module within `torch.compile`, DataParallel, DistributedDataParallel, AveragedModel and Opacus's wrapper.

    Example:
        >>> import torch
        >>> unwrapped(torch.nn.DataParallel(torch.nn.ReLU()))
        ReLU()
    """
    for kind in type(module).__mro__:
        within = WRAPPERS.get((kind.__module__.partition(".")[0], kind.__name__))
        if within is not None:
            return unwrapped(getattr(module, within))
    return module


def is_private(module: "torch.nn.Module") -> bool:
    """Was the module, which may still be wrapped, prepared by Opacus for training with differential privacy?"""
    hooks = [hook for part in module.modules() for hooks in _hooks(part) for hook in hooks.values()]
    return any(map(_is_of_opacus, [*module.modules(), *hooks]))


def copied(module: "torch.nn.Module") -> "torch.nn.Module":
    """A copy on the CPU that computes the same, without compiled code and without Opacus's hooks.

    What cannot be copied, such as a lock or an open file, is shared with the original.
    """
    memo: dict[int, Any] = {}
    for part in module.modules():
        for hook in [hook for hooks in _hooks(part) for hook in hooks.values()]:
            _remember(hook, memo)
        for name, value in vars(part).items():
            if name == HANDLES:
                memo[id(value)] = DROPPED
            elif name not in ("_parameters", "_buffers", "_modules") and not name.endswith("_hooks"):
                _remember(value, memo)
    made = copy.deepcopy(module, memo).cpu()
    for part in made.modules():
        for name in [name for name in (COMPILED, HANDLES) if name in vars(part)]:
            del vars(part)[name]
        for hooks in _hooks(part):
            for key in [key for key, hook in hooks.items() if hook is DROPPED]:
                del hooks[key]
    return made


def _remember(value: Any, memo: dict[int, Any]) -> None:
    """Decide what takes the place of a value in the copy, where that is not a copy of its own."""
    import torch

    if _is_of_opacus(value):
        memo[id(value)] = DROPPED
    elif isinstance(value, torch.Tensor):
        if not value.is_leaf:
            memo[id(value)] = value.detach().clone()  # such as the features of the last batch
    elif not _can_be_copied(value):
        memo[id(value)] = value


def _can_be_copied(value: Any) -> bool:
    try:
        copy.deepcopy(value)
    except Exception:  # whatever a foreign class raises
        return False
    return True


def _is_of_opacus(value: Any) -> bool:
    """Is it one of Opacus's modules that wrap others, or a hook that such a module has set?"""
    function = value.func if isinstance(value, functools.partial) else value
    kinds = type(getattr(function, "__self__", function)).__mro__
    names = [(kind.__module__.partition(".")[0], kind.__name__) for kind in kinds]
    return any(name in WRAPPERS and name[0] == "opacus" for name in names)


def _hooks(part: "torch.nn.Module") -> "Iterator[dict[int, Any]]":
    return (value for name, value in vars(part).items() if name.endswith("_hooks") and isinstance(value, dict))
