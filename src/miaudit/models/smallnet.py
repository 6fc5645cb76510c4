"""Model `smallnet`: four convolutions, for small images."""

from typing import TYPE_CHECKING

from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass

from miaudit.models._images import image_channels
from miaudit.models._sizes import MOST_LAYERS, Width

if TYPE_CHECKING:
    import torch

POOLED_SIDE = 4  # below this side a pooling would leave too little for the convolutions that follow


@dataclass(frozen=True, kw_only=True, config=ConfigDict(extra="forbid"))
class Smallnet:
    """Four 3 x 3 convolutions, 32-64-64-128, ReLU, average pooling, global pooling, linear.

    LDC-MIA 4.1.2 names it without its sizes; these are those of its authors' code (github.com/horanshi/LDC-MIA).
    """

    channels: tuple[Width, ...] = Field(
        default=(32, 64, 64, 128), min_length=1, max_length=MOST_LAYERS, description="channels of each convolution"
    )

    def build(self, shape: tuple[int, ...], classes: int) -> "torch.nn.Module":
        """The network for records (channels, height, width); raises UserError for other shapes."""
        from torch import nn

        before = image_channels("smallnet", shape)
        side = min(shape[1:])
        layers: list[nn.Module] = []
        for i, channels in enumerate(self.channels):
            layers += [nn.Conv2d(before, channels, 3, padding=1), nn.ReLU()]
            last = i == len(self.channels) - 1
            if not last and side >= 2 * POOLED_SIDE:
                layers.append(nn.AvgPool2d(2))
                side //= 2
            before = channels
        return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(before, classes))
