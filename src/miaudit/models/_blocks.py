"""Parts of networks for images. Imports torch: the architectures import it where they build."""

import torch
from torch import nn


class Residual(nn.Module):
    """relu(body(x) + shortcut(x))."""

    def __init__(self, body: nn.Module, shortcut: nn.Module) -> None:
        super().__init__()
        self.body = body
        self.shortcut = shortcut

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Apply the block to images (n, C, H, W)."""
        return torch.relu(self.body(x) + self.shortcut(x))


class PreActivated(nn.Module):
    """body(a) + projection(a) with a = before(x), or body(a) + x where there is no projection."""

    def __init__(self, before: nn.Module, body: nn.Module, projection: nn.Module | None) -> None:
        super().__init__()
        self.before = before
        self.body = body
        self.projection = projection

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Apply the block to images (n, C, H, W)."""
        activated = self.before(x)
        out: torch.Tensor = self.body(activated) + (x if self.projection is None else self.projection(activated))
        return out


class Appended(nn.Module):
    """x and body(x), side by side in the channels."""

    def __init__(self, body: nn.Module) -> None:
        super().__init__()
        self.body = body

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Apply the block to images (n, C, H, W)."""
        return torch.cat([x, self.body(x)], dim=1)


def convolution(before: int, after: int, side: int, stride: int = 1) -> nn.Conv2d:
    """A square convolution without a bias (batch normalisation follows); with stride 1 it keeps the size."""
    return nn.Conv2d(before, after, side, stride=stride, padding=side // 2, bias=False)


def activation(channels: int) -> nn.Sequential:
    """Batch normalisation and ReLU."""
    return nn.Sequential(nn.BatchNorm2d(channels), nn.ReLU())


def head(channels: int, classes: int) -> nn.Sequential:
    """Average over the image, then a linear layer."""
    return nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, classes))
