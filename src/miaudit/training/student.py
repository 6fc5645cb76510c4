"""Trains a student: a network that learns what another model answers, in place of the labels."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Self

from pydantic import ConfigDict
from pydantic.dataclasses import dataclass

from miaudit.training.data import Batch, Records, Subset, Tick
from miaudit.training.defended import DefendedRecipe
from miaudit.training.fit_many import fit_many
from miaudit.training.recipe import Recipe
from miaudit.training.soft import fit_soft
from miaudit.training.way import way

if TYPE_CHECKING:
    import torch

CODE_VERSION = "student/2"  # raise it when a change here or in soft.py alters what is trained


@dataclass(frozen=True, kw_only=True, config=ConfigDict(extra="forbid", arbitrary_types_allowed=True))
class StudentRecipe(DefendedRecipe):
    """A network of the base recipe that learns given probabilities by their cross-entropy with its own.

    The probabilities are those that its teacher answers; they come with the rows (`Subset.wanted`). Labels are read
    for early stopping only.
    """

    base: Recipe

    @property
    def timed(self) -> Self:
        """The recipe itself: alone, a student is trained in another loop than the plain one."""
        return self

    def is_stacked(self, shape: tuple[int, ...], classes: int, device: str = "cpu") -> bool:
        """True for small networks of linear and element-wise layers."""
        return way(self.base, shape, classes, device) == "stack"

    def loop_version(self, shape: tuple[int, ...], classes: int) -> str:
        """Version of this file and of the loop that it has in common with the base recipe."""
        return f"{CODE_VERSION} {self.base.loop_version(shape, classes)}"

    def samples(self, rows: int, unlabelled: int) -> int:
        """Number of records that training passes over: all rows in every epoch."""
        return self.base.samples(rows, unlabelled)

    def modules(self, records: Records, batch: Batch, device: str, tick: Tick) -> "Iterator[torch.nn.Module]":
        """The batch's students, in a stack or one after another; see `DefendedRecipe.modules`.

        Raises:
            ValueError: a subset does not say what its student is to learn.
        """
        if any(subset.wanted is None for subset in batch.subsets):
            raise ValueError("a student learns given probabilities, and the subset has none")
        if batch.stacked:
            yield from fit_many(self.base, records.in_memory, batch.subsets, device, tick)
        else:
            yield from super().modules(records, batch, device, tick)

    def train_network(self, records: Records, subset: Subset, device: str, tick: Tick) -> "torch.nn.Module":
        """The student; raises ValueError if the subset does not say what it is to learn."""
        return fit_soft(self.base, records, subset, device, tick)
