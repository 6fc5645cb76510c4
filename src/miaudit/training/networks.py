"""Trains networks of one plain recipe, in a stack or one after another."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from miaudit.training.abreast import Task, fit_abreast
from miaudit.training.data import Batch, Records, Subset, Tick, untold
from miaudit.training.fit import fit
from miaudit.training.fit_many import fit_many
from miaudit.training.hyperparameters import Hyperparameters
from miaudit.training.way import way

if TYPE_CHECKING:
    import torch


def batch_of(recipe: Hyperparameters, records: Records, subsets: Sequence[Subset]) -> Batch:
    """The subsets as a batch, stacked if the recipe and the records call for it.

    Args:
        recipe: architecture and hyper-parameters.
        records: the records that all networks share.
        subsets: the rows and the seed of each network.
    """
    return Batch(subsets, way(recipe, records.shape, records.classes) == "stack")


def train_networks(
    recipe: Hyperparameters, records: Records, batch: Batch, device: str = "cpu", tick: Tick = untold
) -> "Iterator[torch.nn.Module]":
    """Networks of one recipe, in evaluation mode, each a function of its own subset alone.

    Args:
        recipe: architecture and hyper-parameters.
        records: the records that all networks share.
        batch: the rows and the seed of each network; stacked if `way` says so.
        device: the device to train on.
        tick: called now and then with the number of records just trained on.
    """
    how = way(recipe, records.shape, records.classes, device) if batch.stacked else "plain"
    whole = records if how == "plain" else records.in_memory
    if how == "stack":
        yield from fit_many(recipe, whole, batch.subsets, device, tick)
    elif how == "abreast" and isinstance(whole.x, np.ndarray):
        yield from fit_abreast([Task(recipe, subset) for subset in batch.subsets], whole, device, tick)
    else:
        for subset in batch.subsets:
            yield fit(recipe, records, subset, device, tick)
