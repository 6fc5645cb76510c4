"""Random changes of training images, a batch at a time and on its device."""

from typing import TYPE_CHECKING

import numpy as np

from miaudit.arrays import Bools, Floats, Ints
from miaudit.errors import UserError
from miaudit.training.hyperparameters import Hyperparameters

if TYPE_CHECKING:
    import torch


def check_images(recipe: Hyperparameters, shape: tuple[int, ...]) -> None:
    """Raise UserError if a recipe changes images at random and the records are no images."""
    if recipe.augments and len(shape) != 3:
        raise UserError(
            f"flip, crop_padding and rotation expect images of shape (channels, height, width), got records of {shape}"
        )


def augment(x: "torch.Tensor", recipe: Hyperparameters, rng: np.random.Generator) -> "torch.Tensor":
    """Turn, cut out and mirror images at random, as the recipe says.

    Args:
        x: images (b, channels, height, width), which stay as they are.
        recipe: how far images are turned and moved, and whether they are mirrored.
        rng: the source of all draws, so that a model depends on its own stream and on no device.
    """
    if recipe.rotation:
        x = _rotate(x, rng.uniform(-recipe.rotation, recipe.rotation, size=len(x)))
    if recipe.crop_padding:
        x = _crop(x, recipe.crop_padding, rng.integers(0, 2 * recipe.crop_padding + 1, size=(2, len(x))))
    if recipe.flip:
        x = _flip(x, rng.random(len(x)) < 0.5)
    return x


def _rotate(x: "torch.Tensor", degrees: Floats) -> "torch.Tensor":
    """Turn each image (bilinear, zeros outside); pixels keep their aspect on images that are not square."""
    import torch
    from torch.nn.functional import affine_grid, grid_sample

    height, width = x.shape[2:]
    angle = np.deg2rad(degrees)
    matrix = np.zeros((len(x), 2, 3))
    matrix[:, 0, 0] = matrix[:, 1, 1] = np.cos(angle)
    matrix[:, 0, 1] = -np.sin(angle) * height / width
    matrix[:, 1, 0] = np.sin(angle) * width / height
    grid = affine_grid(torch.from_numpy(matrix).to(x), list(x.shape), align_corners=False)
    return grid_sample(x, grid, align_corners=False)


def _crop(x: "torch.Tensor", padding: int, corners: Ints) -> "torch.Tensor":
    import torch

    height, width = x.shape[2:]
    padded = torch.nn.functional.pad(x, (padding, padding, padding, padding))
    top, left = torch.from_numpy(corners).to(x.device)
    rows = top[:, None, None] + torch.arange(height, device=x.device)[:, None]
    columns = left[:, None, None] + torch.arange(width, device=x.device)
    images = torch.arange(len(x), device=x.device)[:, None, None]
    return padded.permute(0, 2, 3, 1)[images, rows, columns].permute(0, 3, 1, 2)


def _flip(x: "torch.Tensor", mirrored: Bools) -> "torch.Tensor":
    import torch

    return torch.where(torch.from_numpy(mirrored).to(x.device)[:, None, None, None], x.flip(3), x)
