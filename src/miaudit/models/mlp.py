"""Model `mlp`: fully connected layers, for tables and small images."""

import math
from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass

from miaudit.models._sizes import MOST_LAYERS, Width

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True, kw_only=True, config=ConfigDict(extra="forbid"))
class Mlp:
    """Hidden layers with one activation; LDC-MIA's code has one of twice the inputs, HP-MIA 4.1.2 four with tanh."""

    may_stack: ClassVar[bool] = True

    hidden: tuple[Width, ...] = Field(default=(128,), max_length=MOST_LAYERS, description="width of each hidden layer")
    activation: Literal["relu", "tanh"] = Field(default="relu", description="activation after each hidden layer")
    dropout: float = Field(default=0.0, ge=0, lt=1, description="chance that a hidden unit is left out in training")

    def build(self, shape: tuple[int, ...], classes: int) -> "torch.nn.Module":
        """The network for records of any shape, which it flattens."""
        from torch import nn

        activation = {"relu": nn.ReLU, "tanh": nn.Tanh}[self.activation]
        layers: list[nn.Module] = [nn.Flatten()]
        width = math.prod(shape)
        for hidden in self.hidden:
            layers += [nn.Linear(width, hidden), activation()]
            if self.dropout:
                layers.append(nn.Dropout(self.dropout))
            width = hidden
        return nn.Sequential(*layers, nn.Linear(width, classes))
