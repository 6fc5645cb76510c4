"""Chooses between two ways to train a network: alone by the plain loop, or in a stack with others.

The two differ in the last bits, so the choice follows from recipe and data alone, never from how many models are
asked for: a model stays a function of its job.
"""

from typing import TYPE_CHECKING, Any, Literal

from miaudit.models.base import Outlined, may_stack
from miaudit.source import SOURCES, source_of
from miaudit.training import fit, fit_many
from miaudit.training.hyperparameters import Hyperparameters
from miaudit.training.stack import steps_of
from miaudit.training.start import Started

if TYPE_CHECKING:
    import torch

Way = Literal["stack", "plain"]

LARGEST = 250_000  # parameters: measured on CPUs, stacks gain up to about here (docs/training.md)


def way(recipe: Hyperparameters, shape: tuple[int, ...], classes: int) -> Way:
    """`stack` for small networks of linear and element-wise layers, `plain` for all others.

    Args:
        recipe: architecture and hyper-parameters.
        shape: shape of one record.
        classes: number of classes.
    """
    if recipe.augments or not may_stack(recipe.model):
        return "plain"
    small = parameters_of(recipe, shape, classes) <= LARGEST
    return "stack" if small and steps_of(_outline(recipe.model, shape, classes)) is not None else "plain"


def parameters_of(recipe: Hyperparameters, shape: tuple[int, ...], classes: int) -> int:
    """Number of trainable parameters of the recipe's network for records of this shape.

    Args:
        recipe: architecture and hyper-parameters.
        shape: shape of one record.
        classes: number of classes.
    """
    return sum(parameter.numel() for parameter in _outline(recipe.model, shape, classes).parameters())


def code_version(recipe: Hyperparameters, shape: tuple[int, ...], classes: int) -> str:
    """Version of the loop that trains by this recipe, and of torch, whose kernels decide the last bits.

    Args:
        recipe: architecture and hyper-parameters.
        shape: shape of one record.
        classes: number of classes.
    """
    import torch

    code = {"plain": fit.CODE_VERSION, "stack": fit_many.CODE_VERSION}[way(recipe, shape, classes)]
    return f"{code} torch/{torch.__version__.split('+')[0]}"


def source_of_others(*parts: Any) -> str:
    """The source of architectures and recipes that are not miaudit's own; "" if all are.

    Warns if it cannot be found, since the models will then not be reused.
    """
    # Code versions stand for miaudit's own classes, and the recipe for a module at hand.
    foreign = [type(part) for part in parts if not type(part).__module__.startswith("miaudit.")]
    if not foreign:
        return ""
    source = source_of(*foreign)
    source.warn(f"models of {' and '.join(kind.__qualname__ for kind in foreign)}")
    releases = [release for release in source.releases if not release.startswith("torch ")]
    return SOURCES + "; ".join([*source.own, *releases])


def _outline(model: Any, shape: tuple[int, ...], classes: int) -> "torch.nn.Module":
    """The network without its weights, so that nothing is drawn from any generator."""
    import torch

    if isinstance(model, Started):
        return _outline(model.base, shape, classes)
    if isinstance(model, Outlined):
        return model.outline()
    with torch.device("meta"):
        built: torch.nn.Module = model.build(shape, classes)
    return built
