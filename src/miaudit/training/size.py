"""Estimates how much memory training a network takes, before the network is made."""

from miaudit.errors import UserError
from miaudit.memory import check_memory
from miaudit.models.base import Architecture

PARAMETER = 16  # bytes: the weight, its gradient, and Adam's two averages, in single precision


def check_size(architecture: Architecture, shape: tuple[int, ...], classes: int) -> None:
    """Raise UserError if the network cannot be built for these records, or its training would not fit into memory.

    It is built without its weights, so that nothing is allocated.

    Args:
        architecture: builds the network.
        shape: shape of one record.
        classes: number of classes.
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
