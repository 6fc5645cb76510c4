"""The contract of a recipe that trains a network in another way than by its labels alone."""

from abc import ABC, abstractmethod
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, Self

from miaudit.training.fit import Tick
from miaudit.training.fit_many import Subset
from miaudit.training.networks import Records
from miaudit.training.recipe import Recipe

if TYPE_CHECKING:
    import torch


class DefendedRecipe(ABC):
    """A frozen dataclass around a plain recipe, which gives the network and the hyper-parameters of its loop.

    The network that comes out is of `base.model`, so it is stored and asked as any other.
    """

    base: Recipe
    needs_unlabelled: ClassVar[bool] = False  # does it learn from records beside its own?

    @abstractmethod
    def code_version(self, shape: tuple[int, ...], classes: int) -> str:
        """Version of all code that decides the weights."""

    @abstractmethod
    def samples(self, rows: int, unlabelled: int) -> int:
        """Records that training passes over, given so many of its own and so many without labels."""

    @abstractmethod
    def train(self, records: Records, subset: Subset, device: str, tick: Tick) -> "torch.nn.Module":
        """One network, in evaluation mode; a function of the arguments alone."""

    @property
    def timed(self) -> "Recipe | DefendedRecipe":
        """A recipe that takes as long for each record and epoch, and is quick to time."""
        return self.base

    def with_base(self, base: Recipe) -> Self:
        """The same around another plain recipe."""
        return replace(self, base=base)  # type: ignore[type-var]  # every one is a dataclass


def network_recipe(recipe: object) -> Recipe | None:
    """The plain recipe that a recipe is or is built around; None where it gives no network."""
    if isinstance(recipe, DefendedRecipe):
        return recipe.base
    return recipe if isinstance(recipe, Recipe) else None
