"""How large a network may be: bounds of its options, and of the memory that training it takes."""

from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from miaudit.errors import UserError
from miaudit.memory import check_memory

if TYPE_CHECKING:
    from miaudit.models.base import Architecture

MOST_LAYERS = 100
PARAMETER = 16  # bytes: the weight, its gradient, and Adam's two averages, in single precision

Width = Annotated[int, Field(ge=1, le=65_536)]
Layers = Annotated[int, Field(ge=1, le=1_000)]


def check_size(architecture: "Architecture", shape: tuple[int, ...], classes: int) -> None:
    """Raise UserError where the network cannot be built for these records, or its training would not fit into memory.

    It is built without its weights, so that nothing is allocated.
    """
    import torch

    name = type(architecture).__name__
    try:
        with torch.device("meta"):
            module = architecture.build(shape, classes)
    except (RuntimeError, ValueError, TypeError, OverflowError) as error:
        raise UserError(f"{name} cannot be built for records of shape {shape} and {classes} classes: {error}") from None
    parameters = sum(parameter.numel() for parameter in module.parameters())
    check_memory(PARAMETER * parameters, f"training {name} with {parameters:,} parameters", "make its layers narrower")
