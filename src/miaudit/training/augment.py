"""Random changes of training images, a batch at a time and on its device."""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from miaudit.arrays import Bools, Floats, Ints
from miaudit.errors import UserError
from miaudit.training.hyperparameters import Hyperparameters

if TYPE_CHECKING:
    from collections.abc import Sequence

    import torch


def check_images(recipe: Hyperparameters, shape: tuple[int, ...]) -> None:
    """Raise UserError if a recipe changes images at random and the records are no images."""
    if recipe.augments and len(shape) != 3:
        raise UserError(
            f"flip, crop_padding and rotation expect images of shape (channels, height, width), got records of {shape}"
        )


class Changes(NamedTuple):
    """How each image of a batch is changed; None where a recipe does not ask for it."""

    matrices: Floats | None  # (b, 2, 3) that turn the images
    corners: Ints | None  # (2, b) top and left of the part that is cut out of the padded image
    mirrored: Bools | None  # (b,)


def augment(x: "torch.Tensor", recipe: Hyperparameters, rng: np.random.Generator) -> "torch.Tensor":
    """Turn, cut out and mirror images at random, as the recipe says.

    Args:
        x: images (b, channels, height, width), which stay as they are.
        recipe: how far images are turned and moved, and whether they are mirrored.
        rng: the source of all draws, so that a model depends on its own stream and on no device.
    """
    import torch

    drawn = draw(recipe, rng, len(x), (x.shape[2], x.shape[3]))
    return changed(x, recipe, [None if part is None else torch.from_numpy(part).to(x.device) for part in drawn])


def draw(recipe: Hyperparameters, rng: np.random.Generator, count: int, size: tuple[int, int]) -> Changes:
    """Draw how a batch of images is changed.

    Args:
        recipe: how far images are turned and moved, and whether they are mirrored.
        rng: the source of all draws.
        count: number of images.
        size: height and width of the images.
    """
    matrices = corners = mirrored = None
    if recipe.rotation:
        matrices = _turning(rng.uniform(-recipe.rotation, recipe.rotation, size=count), size)
    if recipe.crop_padding:
        corners = rng.integers(0, 2 * recipe.crop_padding + 1, size=(2, count))
    if recipe.flip:
        mirrored = rng.random(count) < 0.5
    return Changes(matrices, corners, mirrored)


def changed(x: "torch.Tensor", recipe: Hyperparameters, changes: "Sequence[torch.Tensor | None]") -> "torch.Tensor":
    """The images x (b, channels, height, width) with the changes that were drawn, on their device.

    Args:
        x: images (b, channels, height, width), which stay as they are.
        recipe: its `crop_padding` is read.
        changes: what `draw` gave, in its order, as tensors on the images' device.
    """
    matrices, corners, mirrored = changes
    if matrices is not None:
        x = _rotate(x, matrices)
    if corners is not None:
        x = _crop(x, recipe.crop_padding, corners)
    return x if mirrored is None else _flip(x, mirrored)


def _turning(degrees: Floats, size: tuple[int, int]) -> Floats:
    """Matrices (b, 2, 3) that turn images; pixels keep their aspect on images that are not square."""
    height, width = size
    angle = np.deg2rad(degrees)
    matrix = np.zeros((len(degrees), 2, 3))
    matrix[:, 0, 0] = matrix[:, 1, 1] = np.cos(angle)
    matrix[:, 0, 1] = -np.sin(angle) * height / width
    matrix[:, 1, 0] = np.sin(angle) * width / height
    return matrix


def _rotate(x: "torch.Tensor", matrices: "torch.Tensor") -> "torch.Tensor":
    """Turn each image (bilinear, zeros outside)."""
    from torch.nn.functional import affine_grid, grid_sample

    return grid_sample(x, affine_grid(matrices.to(x), list(x.shape), align_corners=False), align_corners=False)


def _crop(x: "torch.Tensor", padding: int, corners: "torch.Tensor") -> "torch.Tensor":
    import torch

    height, width = x.shape[2:]
    padded = torch.nn.functional.pad(x, (padding, padding, padding, padding))
    top, left = corners[0], corners[1]
    rows = top[:, None, None] + torch.arange(height, device=x.device)[:, None]
    columns = left[:, None, None] + torch.arange(width, device=x.device)
    images = torch.arange(len(x), device=x.device)[:, None, None]
    return padded.permute(0, 2, 3, 1)[images, rows, columns].permute(0, 3, 1, 2)


def _flip(x: "torch.Tensor", mirrored: "torch.Tensor") -> "torch.Tensor":
    import torch

    return torch.where(mirrored[:, None, None, None], x.flip(3), x)
