"""Model `wide_resnet`: residual networks that are wide instead of deep."""

from typing import TYPE_CHECKING

from pydantic import ConfigDict, Field, field_validator
from pydantic.dataclasses import dataclass

from miaudit.models._images import image_channels

if TYPE_CHECKING:
    from torch import nn

WIDTHS = (16, 32, 64)


@dataclass(frozen=True, kw_only=True, config=ConfigDict(extra="forbid"))
class WideResnet:
    """WRN-depth-width: three stages of pre-activated residual blocks of two 3 x 3 convolutions.

    Paper: Zagoruyko & Komodakis, Wide Residual Networks, BMVC 2016, arXiv:1605.07146, Table 1. WRN-28-10 by default
    (LDC-MIA 4.1.2); `width=2` is HP-MIA's.
    """

    depth: int = Field(default=28, ge=10, le=1_000, description="number of layers with weights, 6 k + 4")
    width: int = Field(default=10, ge=1, le=1_000, description="factor of the channels 16, 32, 64")
    dropout: float = Field(default=0.0, ge=0, lt=1, description="dropout between the two convolutions of a block")

    @field_validator("depth")
    @classmethod
    def _whole_blocks(cls, depth: int) -> int:
        if (depth - 4) % 6:
            raise ValueError("expected 6 k + 4, such as 16, 22, 28 or 40")
        return depth

    def build(self, shape: tuple[int, ...], classes: int) -> "nn.Module":
        """The network for records (channels, height, width); raises UserError for other shapes."""
        from torch import nn

        from miaudit.models._blocks import activation, convolution, head

        channels = image_channels("wide_resnet", shape)
        layers: list[nn.Module] = [convolution(channels, WIDTHS[0], 3)]
        before = WIDTHS[0]
        for width in WIDTHS:
            for block in range((self.depth - 4) // 6):
                stride = 2 if block == 0 and width > WIDTHS[0] else 1
                layers.append(self._block(before, width * self.width, stride))
                before = width * self.width
        return nn.Sequential(*layers, activation(before), head(before, classes))

    def _block(self, before: int, width: int, stride: int) -> "nn.Module":
        from torch import nn

        from miaudit.models._blocks import PreActivated, activation, convolution

        body: list[nn.Module] = [convolution(before, width, 3, stride), activation(width)]
        if self.dropout:
            body.append(nn.Dropout(self.dropout))
        body.append(convolution(width, width, 3))
        projection = None if stride == 1 and before == width else convolution(before, width, 1, stride)
        return PreActivated(activation(before), nn.Sequential(*body), projection)
