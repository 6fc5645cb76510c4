"""Trains networks of one plain recipe, in the way that the recipe and the data call for."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from miaudit.arrays import Floats, Ints
from miaudit.training.fit import Tick, fit, untold
from miaudit.training.fit_many import Subset, fit_many
from miaudit.training.recipe import Recipe
from miaudit.training.way import way

if TYPE_CHECKING:
    import torch


class Records(NamedTuple):
    """The data that all jobs share."""

    x: Floats  # (N, ...)
    y: Ints  # (N,)
    classes: int


def train_networks(
    recipe: Recipe, records: Records, subsets: Sequence[Subset], device: str = "cpu", tick: Tick = untold
) -> "Iterator[torch.nn.Module]":
    """Networks of one recipe, one a subset, each a function of its own subset alone."""
    x, y, classes = records
    if way(recipe, x.shape[1:], classes) == "stack":
        yield from fit_many(recipe, x, y, subsets, classes, device, tick)
        return
    for subset in subsets:
        yield fit(recipe, x, y, subset.rows, subset.seed, classes, subset.validation, device, tick)
