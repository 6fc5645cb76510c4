"""The architecture of a module at hand, with fresh weights. No plug-in: a configuration cannot name a module."""

import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from miaudit.errors import UserError
from miaudit.source import source_of

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True)
class Like:
    """Re-initialised copies of a module, named by its structure, its settings and all source that it runs."""

    structure: str  # repr of the module, with the shapes of its parameters
    settings: tuple[str, ...]  # attributes, hooks and buffers of every part: repr() does not show them all
    source: tuple[str, ...]  # the user's modules that decide what it computes, each with its hash, and releases
    module: "torch.nn.Module" = field(compare=False, repr=False)

    may_stack: ClassVar[bool] = True

    @classmethod
    def of(cls, module: "torch.nn.Module") -> "Like":
        """Describe a module; warns if its source cannot be found, since its models will then not be reused.

        Raises:
            UserError: the module has parameters that cannot be drawn afresh.
        """
        import torch

        for name, part in module.named_modules():
            own = [parameter for parameter, _ in part.named_parameters(recurse=False)]
            if own and _reset(part) is None:
                raise UserError(
                    f"layer {name or type(part).__name__!r} has parameters {own} but no reset_parameters(): "
                    "shadow models need fresh weights; add that method, or give `recipe=` with one of miaudit's models"
                )
        shapes = {name: list(value.shape) for name, value in module.state_dict().items()}
        with torch.random.fork_rng(devices=[]):  # what is not drawn afresh is what decides the models
            torch.manual_seed(0)
            fresh = _redrawn(module)
        parts = {id(part): f"part {name}" for name, part in fresh.named_modules()}
        settings = dict(_settings(fresh))
        source = source_of(*settings.values(), *{type(part) for part in fresh.modules()}, named=parts)
        source.warn(f"models like this {type(module).__name__}")
        told = tuple(f"{name}={text}" for name, text in zip(settings, source.values, strict=False))
        releases = [release for release in source.releases if not release.startswith("torch ")]  # the trainer's version
        return cls(f"{module} {shapes}", told, (*source.own, *releases), module)

    def outline(self) -> "torch.nn.Module":
        """The original, whose layers any copy has."""
        return self.module

    def build(self, shape: tuple[int, ...], classes: int) -> "torch.nn.Module":
        """A copy with fresh weights; shape and classes are those of the original."""
        del shape, classes
        return _redrawn(self.module).train()


def _redrawn(module: "torch.nn.Module") -> "torch.nn.Module":
    module = copy.deepcopy(module).cpu()
    for part in reversed(list(module.modules())):  # a whole may draw its parts in its own way
        reset = _reset(part)
        if reset is not None:
            reset()
    return module


def _reset(part: "torch.nn.Module") -> Callable[[], None] | None:
    # Torch's attention has the private one only.
    return getattr(part, "reset_parameters", None) or getattr(part, "_reset_parameters", None)


def _settings(module: "torch.nn.Module") -> Iterator[tuple[str, Any]]:
    """Everything that a module computes with, apart from its code and its parameters."""
    import torch

    internal = vars(torch.nn.Module())
    for name, part in module.named_modules():
        for key, value in sorted(vars(part).items()):
            if key not in internal:
                yield f"{name}.{key}", value
            elif key.endswith("_hooks") and value:
                yield f"{name}.{key}", list(value.values())
        yield from ((f"{name}.{key}", value) for key, value in part.named_buffers(recurse=False))
        frozen = [key for key, value in part.named_parameters(recurse=False) if not value.requires_grad]
        if frozen:
            yield f"{name}.requires_grad", f"not of {', '.join(frozen)}"
