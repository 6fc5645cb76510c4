"""How a network is trained by its labels: a frozen description that names the model it gives."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Self

from pydantic import ConfigDict
from pydantic.dataclasses import dataclass

from miaudit.training.data import Batch, Records, Tick
from miaudit.training.device import suffix_of
from miaudit.training.hyperparameters import Hyperparameters
from miaudit.training.network_recipe import NetworkRecipe
from miaudit.training.networks import train_networks
from miaudit.training.way import code_version, way

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True, kw_only=True, config=ConfigDict(extra="forbid", arbitrary_types_allowed=True))
class Recipe(Hyperparameters, NetworkRecipe):
    """Architecture and hyper-parameters of one training run on a network."""

    @property
    def network(self) -> "Recipe":
        """The recipe itself, since it is plain."""
        return self

    @property
    def defendable(self) -> "Recipe":
        """The recipe itself, since it is plain."""
        return self

    def with_network(self, network: "Recipe") -> Self:
        """The other recipe, since there is nothing around it."""
        return network  # type: ignore[return-value]  # nobody derives from this class

    def loop_version(self, shape: tuple[int, ...], classes: int) -> str:
        """Version of the loop that is used for such records, and of torch."""
        return code_version(self, shape, classes)

    def trainer_version(self, shape: tuple[int, ...], classes: int, device: str = "cpu") -> str:
        """Version of the loop that is used on the device, of torch, and the device if it is not the CPU."""
        return code_version(self, shape, classes, device) + suffix_of(device)

    def is_stacked(self, shape: tuple[int, ...], classes: int, device: str = "cpu") -> bool:
        """True for small networks of linear and element-wise layers, and on a GPU for most others."""
        return way(self, shape, classes, device) != "plain"

    def samples(self, rows: int, unlabelled: int) -> int:
        """Number of records that training passes over: all rows in every epoch."""
        del unlabelled
        return self.epochs * rows

    def modules(self, records: Records, batch: Batch, device: str, tick: Tick) -> "Iterator[torch.nn.Module]":
        """The batch's networks, trained by their labels, in evaluation mode; see `AnyRecipe.train`."""
        return train_networks(self, records, batch, device, tick)
