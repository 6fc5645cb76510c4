"""The contract of a recipe that trains a network in another way than by its labels alone."""

from abc import abstractmethod
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Self

import numpy as np

from miaudit.errors import UserError
from miaudit.training.data import Batch, Records, Subset, Tick
from miaudit.training.network_recipe import NetworkRecipe
from miaudit.training.recipe import Recipe

if TYPE_CHECKING:
    import torch


class DefendedRecipe(NetworkRecipe):
    """A frozen dataclass around a plain recipe, which gives the network and the hyper-parameters of its loop.

    The network that comes out is of `base.model`, so it is stored and asked as any other.
    """

    base: Recipe

    @abstractmethod
    def train_network(self, records: Records, subset: Subset, device: str, tick: Tick) -> "torch.nn.Module":
        """One network in evaluation mode, a function of the arguments alone.

        Args:
            records: the records that all models share.
            subset: the network's rows and seed.
            device: the device to train on.
            tick: called now and then with the number of records just trained on.
        """

    @property
    def network(self) -> Recipe:
        """The plain recipe that the defence is put around."""
        return self.base

    def with_network(self, network: Recipe) -> Self:
        """The same defence around another plain recipe."""
        return replace(self, base=network)  # type: ignore[type-var]  # every one is a dataclass

    @property
    def timed(self) -> NetworkRecipe:
        """The plain recipe, by default: a record takes as long as in its own training."""
        return self.base

    def modules(self, records: Records, batch: Batch, device: str, tick: Tick) -> "Iterator[torch.nn.Module]":
        """The batch's networks, one after another; raises UserError where records are no plain arrays of numbers."""
        plain = records.in_memory
        if not isinstance(plain.x, np.ndarray):
            raise UserError(
                f"{type(self).__name__} trains on an array of numbers, and the records are in the form {records.x.form}"
                ": audit without the defence, or give the records as one array"
            )
        return (self.train_network(plain, subset, device, tick) for subset in batch.subsets)
