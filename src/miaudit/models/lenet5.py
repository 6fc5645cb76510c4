"""Model `lenet5`: two convolutions and three linear layers, for small images."""

from typing import TYPE_CHECKING, Literal

from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass

from miaudit.models._images import image_channels

if TYPE_CHECKING:
    from torch import nn

SIDE = 32  # of the paper's images
KERNEL = 5


@dataclass(frozen=True, kw_only=True, config=ConfigDict(extra="forbid"))
class Lenet5:
    """Convolutions of 5 pixels with 6 and 16 channels, each with a pooling; linear layers of 120 and 84.

    Paper: LeCun et al., Gradient-Based Learning Applied to Document Recognition, Proc. IEEE 1998, section II.B; with
    the pooling and activation of today, the largest value and ReLU, and every second map sees every first one. The
    activation comes after the pooling, which gives the same values for a quarter of the work.
    Smaller images get a blank margin up to 32 pixels, as in the paper.
    """

    activation: Literal["relu", "tanh"] = Field(default="relu", description="activation after each layer but the last")

    def build(self, shape: tuple[int, ...], classes: int) -> "nn.Module":
        """The network for records (channels, height, width); raises UserError for other shapes."""
        from torch import nn

        channels = image_channels("lenet5", shape)
        activation = {"relu": nn.ReLU, "tanh": nn.Tanh}[self.activation]
        height, width = (max(side, SIDE) for side in shape[1:])
        layers: list[nn.Module] = [nn.ZeroPad2d(_margins(*shape[1:]))] if min(shape[1:]) < SIDE else []
        for before, after in ((channels, 6), (6, 16)):
            layers += [nn.Conv2d(before, after, KERNEL), nn.MaxPool2d(2), activation()]
            height, width = ((side - KERNEL + 1) // 2 for side in (height, width))
        layers += [nn.Flatten(), nn.Linear(16 * height * width, 120), activation(), nn.Linear(120, 84), activation()]
        return nn.Sequential(*layers, nn.Linear(84, classes))


def _margins(height: int, width: int) -> tuple[int, int, int, int]:
    """Blank pixels to add at the left, right, top and bottom."""
    across, down = max(SIDE - width, 0), max(SIDE - height, 0)
    return across // 2, across - across // 2, down // 2, down - down // 2
