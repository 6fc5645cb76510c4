"""The architecture of a module at hand, with fresh weights. No plug-in: a configuration cannot name a module."""

import copy
import inspect
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from miaudit.errors import UserError
from miaudit.fingerprint import fingerprint

if TYPE_CHECKING:
    import torch

PLAIN = (str, int, float, bool, type(None))


@dataclass(frozen=True)
class Like:
    """A copy of a module, re-initialised; named by its structure, its settings and the source of its classes."""

    structure: str  # repr of the module, with the shapes of its parameters
    settings: tuple[str, ...]  # plain attributes and functions of every part: repr() does not show them all
    source: str  # fingerprint of the source of every class that is not torch's own
    module: "torch.nn.Module" = field(compare=False, repr=False)

    @classmethod
    def of(cls, module: "torch.nn.Module") -> "Like":
        """Describe a module; raises UserError where it has parameters that cannot be drawn afresh."""
        for name, part in module.named_modules():
            own = [parameter for parameter, _ in part.named_parameters(recurse=False)]
            if own and _reset(part) is None:
                raise UserError(
                    f"layer {name or type(part).__name__!r} has parameters {own} but no reset_parameters(): "
                    "shadow models need fresh weights; add that method, or give `recipe=` with one of miaudit's models"
                )
        shapes = {name: list(value.shape) for name, value in module.state_dict().items()}
        settings = tuple(text for name, part in module.named_modules() for text in _settings(name, part))
        kinds = {type(part) for part in module.modules() if not _is_torch(type(part))}
        return cls(f"{module} {shapes}", settings, fingerprint(sorted(source_of(kind) for kind in kinds)), module)

    def build(self, shape: tuple[int, ...], classes: int) -> "torch.nn.Module":
        """A copy with fresh weights; shape and classes are those of the original."""
        del shape, classes
        module = copy.deepcopy(self.module).cpu()
        for part in reversed(list(module.modules())):  # a whole may draw its parts in its own way
            reset = _reset(part)
            if reset is not None:
                reset()
        return module.train()


def _reset(part: "torch.nn.Module") -> Callable[[], None] | None:
    # Torch's attention has the private one only.
    return getattr(part, "reset_parameters", None) or getattr(part, "_reset_parameters", None)


def _settings(name: str, part: "torch.nn.Module") -> list[str]:
    import torch

    internal = vars(torch.nn.Module())
    own = {key: value for key, value in vars(part).items() if key not in internal}
    return [f"{name}.{key}={text}" for key, value in sorted(own.items()) if (text := _as_text(value)) is not None]


def _as_text(value: Any) -> str | None:
    """A plain value, or a function by its source; None for other objects, of which repr() may tell an address."""
    if isinstance(value, PLAIN) or (isinstance(value, tuple | list) and all(isinstance(v, PLAIN) for v in value)):
        return repr(value)
    if inspect.isbuiltin(value) or (inspect.isfunction(value) and _is_torch(value)):
        return value.__qualname__
    return fingerprint(source_of(value)) if inspect.isfunction(value) else None


def _is_torch(kind: Any) -> bool:
    return str(kind.__module__).startswith("torch.")


def source_of(kind: Any) -> str:
    """The source of a class, function or module; raises UserError where it cannot be read."""
    try:
        return inspect.getsource(kind)
    except (OSError, TypeError) as error:
        raise UserError(
            f"the source of {kind.__name__} cannot be read, so its models could not be told from older ones: "
            "define it in a file"
        ) from error
