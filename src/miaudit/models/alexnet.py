"""Model `alexnet`: five convolutions, for small images."""

from typing import TYPE_CHECKING, ClassVar

from pydantic import ConfigDict
from pydantic.dataclasses import dataclass

from miaudit.models._images import image_channels

if TYPE_CHECKING:
    from torch import nn


@dataclass(frozen=True, kw_only=True, config=ConfigDict(extra="forbid"))
class Alexnet:
    """Convolutions of 11, 5, 3, 3 and 3 pixels with 64, 192, 384, 256, 256 channels, ReLU, max pooling; linear.

    Paper: Krizhevsky et al., ImageNet Classification with Deep Convolutional Neural Networks, NIPS 2012; one tower,
    as in Krizhevsky, arXiv:1404.5997, and one linear layer instead of three, as is usual for 32 x 32 images.
    Pooling rounds up, so that smaller images pass too.
    """

    revision: ClassVar[int] = 2  # part of the names of its models: raised when what it computes changes

    def build(self, shape: tuple[int, ...], classes: int) -> "nn.Module":
        """The network for records (channels, height, width); raises UserError for other shapes."""
        from torch import nn

        from miaudit.models._blocks import head
        from miaudit.models._small_maps import SmallMapConvolution

        channels = image_channels("alexnet", shape)
        layers: list[nn.Module] = [nn.Conv2d(channels, 64, 11, stride=4, padding=5), nn.ReLU(), _pooling()]
        layers += [nn.Conv2d(64, 192, 5, padding=2), nn.ReLU(), _pooling()]
        for before, width in ((192, 384), (384, 256), (256, 256)):
            layers += [SmallMapConvolution(before, width, 3, padding=1), nn.ReLU()]
        return nn.Sequential(*layers, _pooling(), head(256, classes))


def _pooling() -> "nn.Module":
    from torch import nn

    return nn.MaxPool2d(2, ceil_mode=True)
