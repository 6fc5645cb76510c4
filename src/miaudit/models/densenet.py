"""Model `densenet`: every layer sees the outputs of all before it; DenseNet-121 in its form for small images."""

from typing import TYPE_CHECKING

from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass

from miaudit.models._images import image_channels
from miaudit.models._sizes import Layers, Width

if TYPE_CHECKING:
    from torch import nn

BOTTLENECK = 4  # a layer's 1 x 1 convolution gives so many times its new channels


@dataclass(frozen=True, kw_only=True, config=ConfigDict(extra="forbid"))
class Densenet:
    """DenseNet-BC: dense blocks of bottleneck layers, halved in channels and size between; DenseNet-121 by default.

    Paper: Huang et al., Densely Connected Convolutional Networks, CVPR 2017, arXiv:1608.06993, Table 1; a 3 x 3
    convolution without pooling stands for the first 7 x 7 one, as is usual for 32 x 32 images. Pooling
    rounds up, so that smaller images pass too.
    """

    layers: tuple[Layers, ...] = Field(
        default=(6, 12, 24, 16), min_length=1, max_length=8, description="layers of each dense block"
    )
    growth: Width = Field(default=32, description="channels that a layer adds")

    def build(self, shape: tuple[int, ...], classes: int) -> "nn.Module":
        """The network for records (channels, height, width); raises UserError for other shapes."""
        from torch import nn

        from miaudit.models._blocks import activation, convolution, head

        before = image_channels("densenet", shape)
        channels = 2 * self.growth
        parts: list[nn.Module] = [convolution(before, channels, 3)]
        for block, layers in enumerate(self.layers):
            if block:
                parts += [activation(channels), convolution(channels, channels // 2, 1)]
                channels //= 2
                parts.append(nn.AvgPool2d(2, ceil_mode=True))
            for _ in range(layers):
                parts.append(self._layer(channels))
                channels += self.growth
        return nn.Sequential(*parts, activation(channels), head(channels, classes))

    def _layer(self, before: int) -> "nn.Module":
        from torch import nn

        from miaudit.models._blocks import Appended, activation, convolution

        inner = BOTTLENECK * self.growth
        reduce = (activation(before), convolution(before, inner, 1))
        return Appended(nn.Sequential(*reduce, activation(inner), convolution(inner, self.growth, 3)))
