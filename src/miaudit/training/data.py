"""The data that models are trained on: shared records, and the rows of each model."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from miaudit.arrays import Floats, Ints
from miaudit.features.base import Inputs, native
from miaudit.splits.base import no_rows
from miaudit.training.snapshots import Snapshots

HANDFUL = 12  # records of each class in a trial

Tick = Callable[[int], None]  # called now and then with the number of records just trained on


def untold(samples: int) -> None:
    """Ignore the number of samples."""


class Records(NamedTuple):
    """The records that all models share."""

    x: Inputs  # (N, ...)
    y: Ints  # (N,) labels 0..C-1
    classes: int  # C

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of one record."""
        return self.x.shape[1:]

    @property
    def in_memory(self) -> "Records":
        """The same records as models are given them: an array that is mapped from a file is read whole."""
        return self._replace(x=native(self.x))


def handful(y: Ints, rows: Ints) -> Ints:
    """The first few of the rows (m,) of each class, where y (N,) holds the labels.

    >>> handful(np.array([0, 1] * 50), np.arange(100)).tolist() == list(range(24))
    True
    """
    labels = y[rows]
    places = [np.flatnonzero(labels == label)[:HANDFUL] for label in np.unique(labels)]
    return rows[np.sort(np.concatenate(places))]


class Subset(NamedTuple):
    """The rows that one model is trained on, and the seed of everything random in its training."""

    rows: Ints
    seed: int
    validation: Ints  # rows for early stopping
    unlabelled: Ints = no_rows()  # rows whose labels are not used; for defences that distil
    wanted: Floats | None = None  # (n, C) probabilities to learn in place of the labels of `rows`; None for the labels
    snapshots: Snapshots | None = None  # keeps the state of a long training; None if nobody does

    def part(self, name: str) -> Snapshots | None:
        """What keeps the training of a part of the model, such as a teacher; each part has a name of its own."""
        return None if self.snapshots is None else self.snapshots.part(name)

    def first(self, count: int) -> "Subset":
        """The first rows alone, without any for early stopping: a part of the training that is timed."""
        return Subset(self.rows[:count], 0, no_rows(), wanted=None if self.wanted is None else self.wanted[:count])


class Batch(NamedTuple):
    """Models of one recipe that are trained in one go."""

    subsets: Sequence[Subset]  # one per model
    stacked: bool = False  # train them at once as a stack of matrices; else one after another
