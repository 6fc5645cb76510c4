"""The architecture that a recipe's `model` is: one of miaudit's, that of a module at hand, or what a class makes."""

import sys
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

from miaudit.messages import shortened
from miaudit.module_inputs import is_module
from miaudit.source import source_of
from miaudit.training.like import Like, names_of

if TYPE_CHECKING:
    import torch

EXPECTED = "expected an instance of a class in miaudit.models, a torch module, or a class or function that makes one"


def architecture_of(given: Any) -> Any:
    """The architecture with `build(shape, classes)` that the value is or stands for.

    Args:
        given: an architecture; a torch module, of which copies with fresh weights are trained; or a class or function
            without arguments that makes a module.

    Raises:
        ValueError: it is something else.
        UserError: the module has parameters that cannot be drawn afresh.
    """
    if hasattr(given, "build"):
        if isinstance(given, type):
            raise ValueError(f"{EXPECTED}; got the class {given.__name__}: write {given.__name__}(...)")
        return given
    if is_module(given):
        return Like.of(given)
    if callable(given):
        return Making.of(given)
    raise ValueError(f"{EXPECTED}; got {shortened(given)}")


@dataclass(frozen=True)
class Making:
    """Networks as a class or function of the user's makes them, with the weights that it draws."""

    content: str  # of the function, or the name of the class
    source: tuple[str, ...]  # the user's modules, each with its hash, and releases
    make: Callable[[], Any] = field(compare=False, repr=False)

    @classmethod
    def of(cls, make: Callable[[], Any]) -> Self:
        """Describe it, warning where its models will not be reused because its source cannot be found.

        Raises:
            ValueError: it cannot be called without arguments, or makes something else.
        """
        name = getattr(make, "__name__", type(make).__name__)
        try:
            made = _once(make)
        except TypeError as error:
            raise ValueError(
                f"{name}() fails: {error}; give {name}(...), an instance, or lambda: {name}(...)"
            ) from None
        if not is_module(made):
            raise ValueError(f"{EXPECTED}; {name}() gives {shortened(made)}")
        source = source_of(make)
        source.warn(f"models that {name} makes")
        return cls(source.values[0], names_of(source), make)

    def build(self, shape: tuple[int, ...], classes: int) -> "torch.nn.Module":
        """A new network; shape and classes are its maker's business."""
        del shape, classes
        module: torch.nn.Module = self.make()
        return module.cpu().train()


def _once(make: Callable[[], Any]) -> Any:
    """Call the maker, and leave the shared generators as they were."""
    torch = sys.modules.get("torch")
    with nullcontext() if torch is None else torch.random.fork_rng(devices=[]):
        return make()
