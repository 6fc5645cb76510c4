"""Checks the records that architectures for images get."""

from miaudit.errors import UserError


def image_channels(model: str, shape: tuple[int, ...]) -> int:
    """Number of channels; raises UserError on records of another shape than (channels, height, width)."""
    if len(shape) != 3:
        raise UserError(f"{model} expects images of shape (channels, height, width), got {shape}: use mlp")
    return shape[0]
