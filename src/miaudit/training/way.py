"""Chooses how a network is trained: alone by the plain loop, in a stack with others, or on a GPU abreast of others.

The ways differ in the last bits, so the choice follows from recipe, data and device alone, never from how many models
are asked for: a model stays a function of its job.
"""

from typing import TYPE_CHECKING, Any, Literal

from miaudit.models.base import Outlined, may_stack
from miaudit.source import SOURCES, source_of
from miaudit.training import abreast, fit, fit_many
from miaudit.training.hyperparameters import Hyperparameters
from miaudit.training.like import names_of
from miaudit.training.recording import can_be_recorded
from miaudit.training.stack import steps_of
from miaudit.training.start import Started

if TYPE_CHECKING:
    import torch

Way = Literal["stack", "abreast", "plain"]

LARGEST = 250_000  # parameters: measured on CPUs, stacks gain up to about here (docs/training.md)


def way(recipe: Hyperparameters, shape: tuple[int, ...], classes: int, device: str = "cpu") -> Way:
    """`stack` for small networks of linear and element-wise layers, `abreast` on CUDA for other known layers.

    All others are trained in the `plain` way.

    Args:
        recipe: architecture and hyper-parameters.
        shape: shape of one record.
        classes: number of classes.
        device: the device to train on.
    """
    if _fits_a_stack(recipe, shape, classes):
        return "stack"
    if device == "cuda" and can_be_recorded(_outline(recipe.model, shape, classes)):
        return "abreast"
    return "plain"


def _fits_a_stack(recipe: Hyperparameters, shape: tuple[int, ...], classes: int) -> bool:
    if recipe.augments or not may_stack(recipe.model):
        return False
    small = parameters_of(recipe, shape, classes) <= LARGEST
    return small and steps_of(_outline(recipe.model, shape, classes)) is not None


def parameters_of(recipe: Hyperparameters, shape: tuple[int, ...], classes: int) -> int:
    """Number of trainable parameters of the recipe's network for records of this shape.

    Args:
        recipe: architecture and hyper-parameters.
        shape: shape of one record.
        classes: number of classes.
    """
    return sum(parameter.numel() for parameter in _outline(recipe.model, shape, classes).parameters())


def code_version(recipe: Hyperparameters, shape: tuple[int, ...], classes: int, device: str = "cpu") -> str:
    """Version of the loop that trains by this recipe, and of torch, whose kernels decide the last bits.

    Args:
        recipe: architecture and hyper-parameters.
        shape: shape of one record.
        classes: number of classes.
        device: the device to train on.
    """
    import torch

    versions = {"plain": fit.CODE_VERSION, "stack": fit_many.CODE_VERSION, "abreast": abreast.CODE_VERSION}
    code = versions[way(recipe, shape, classes, device)]
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
    return SOURCES + "; ".join(names_of(source))


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
