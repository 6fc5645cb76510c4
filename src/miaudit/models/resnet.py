"""Model `resnet`: residual networks of depth 18 and 34, in their form for small images."""

from typing import TYPE_CHECKING, Literal

from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass

from miaudit.models._images import image_channels

if TYPE_CHECKING:
    from torch import nn

STAGES = {18: (2, 2, 2, 2), 34: (3, 4, 6, 3)}
WIDTHS = (64, 128, 256, 512)


@dataclass(frozen=True, kw_only=True, config=ConfigDict(extra="forbid"))
class Resnet:
    """Four stages of two-convolution residual blocks, batch normalisation, global average pooling.

    Paper: He et al., Deep Residual Learning for Image Recognition, CVPR 2016, arXiv:1512.03385, Table 1; a 3 x 3
    convolution without pooling stands for the first 7 x 7 one, as is usual for 32 x 32 images.
    """

    depth: Literal[18, 34] = Field(default=18, description="number of layers with weights")

    def build(self, shape: tuple[int, ...], classes: int) -> "nn.Module":
        """The network for records (channels, height, width); raises UserError for other shapes."""
        from torch import nn

        from miaudit.models._blocks import activation, convolution, head

        before = image_channels("resnet", shape)
        layers: list[nn.Module] = [convolution(before, WIDTHS[0], 3), activation(WIDTHS[0])]
        before = WIDTHS[0]
        for width, blocks in zip(WIDTHS, STAGES[self.depth], strict=True):
            for block in range(blocks):
                layers.append(_block(before, width, stride=2 if block == 0 and width > WIDTHS[0] else 1))
                before = width
        return nn.Sequential(*layers, head(before, classes))


def _block(before: int, width: int, stride: int) -> "nn.Module":
    from torch import nn

    from miaudit.models._blocks import Residual, activation, convolution

    body = nn.Sequential(
        convolution(before, width, 3, stride), activation(width), convolution(width, width, 3), nn.BatchNorm2d(width)
    )
    if stride == 1 and before == width:
        return Residual(body, nn.Identity())
    return Residual(body, nn.Sequential(convolution(before, width, 1, stride), nn.BatchNorm2d(width)))
