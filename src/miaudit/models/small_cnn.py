"""Model `small_cnn`: two convolutions and a linear layer, for MNIST and its like."""

from typing import TYPE_CHECKING

from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass

from miaudit.errors import UserError
from miaudit.models._images import image_channels
from miaudit.models._sizes import MOST_LAYERS, Width

if TYPE_CHECKING:
    from torch import nn

KERNEL = 5


@dataclass(frozen=True, kw_only=True, config=ConfigDict(extra="forbid"))
class SmallCnn:
    """Two convolutions of 5 pixels with 24 and 48 channels, tanh, max pooling; a linear layer of 100 (HP-MIA 4.1.2).

    The paper speaks of "two convolutional layers and a maximum pooling layer ... followed by a fully connected layer
    with 100 neurons as the classification head". We read it as a pooling of 2 pixels after each convolution, no
    padding, and the 100 as hidden units with tanh before the layer of the classes: 107,382 parameters on MNIST. Tanh
    comes after the pooling, which gives the same values for a quarter of the work.
    """

    channels: tuple[Width, ...] = Field(
        default=(24, 48), min_length=1, max_length=MOST_LAYERS, description="channels of each convolution"
    )
    hidden: Width = Field(default=100, description="units of the linear layer")

    def build(self, shape: tuple[int, ...], classes: int) -> "nn.Module":
        """The network for records (channels, height, width); raises UserError for other or too small shapes."""
        from torch import nn

        before = image_channels("small_cnn", shape)
        height, width = shape[1:]
        layers: list[nn.Module] = []
        for after in self.channels:
            layers += [nn.Conv2d(before, after, KERNEL), nn.MaxPool2d(2), nn.Tanh()]
            height, width = ((side - KERNEL + 1) // 2 for side in (height, width))
            before = after
        if min(height, width) < 1:
            raise UserError(
                f"images of {shape[1]} x {shape[2]} pixels are too small for small_cnn with {len(self.channels)} "
                "convolutions: use mlp or smallnet, or fewer channels"
            )
        return nn.Sequential(
            *layers,
            nn.Flatten(),
            nn.Linear(before * height * width, self.hidden),
            nn.Tanh(),
            nn.Linear(self.hidden, classes),
        )
