"""Model `vgg16`: thirteen 3 x 3 convolutions with batch normalisation, for small images."""

from typing import TYPE_CHECKING, ClassVar

from pydantic import ConfigDict
from pydantic.dataclasses import dataclass

from miaudit.models._images import image_channels

if TYPE_CHECKING:
    from torch import nn

STAGES = ((64, 64), (128, 128), (256, 256, 256), (512, 512, 512), (512, 512, 512))


@dataclass(frozen=True, kw_only=True, config=ConfigDict(extra="forbid"))
class Vgg16:
    """Five stages of convolutions, batch normalisation and ReLU, each ended by max pooling; one linear layer.

    Paper: Simonyan & Zisserman, Very Deep Convolutional Networks for Large-Scale Image Recognition, ICLR 2015,
    arXiv:1409.1556, configuration D; batch normalisation and one linear layer instead of three, as is usual for
    32 x 32 images. Pooling rounds up, so that smaller images pass too.
    """

    revision: ClassVar[int] = 2  # part of the names of its models: raised when what it computes changes

    def build(self, shape: tuple[int, ...], classes: int) -> "nn.Module":
        """The network for records (channels, height, width); raises UserError for other shapes."""
        from torch import nn

        from miaudit.models._blocks import activation, head
        from miaudit.models._small_maps import SmallMapConvolution

        before = image_channels("vgg16", shape)
        layers: list[nn.Module] = []
        for stage in STAGES:
            for width in stage:
                layers += [SmallMapConvolution(before, width, 3, padding=1), activation(width)]
                before = width
            layers.append(nn.MaxPool2d(2, ceil_mode=True))
        return nn.Sequential(*layers, head(before, classes))
