"""The contract of a kind of views, and the views that an audit asks about."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple, Self

import numpy as np

from miaudit.arrays import Ints
from miaudit.features.base import Features, Inputs
from miaudit.fingerprint import fingerprint

CODE_VERSION = "views/1"  # part of the names of stored outputs: raise it where a view of a record changes
MOST = 24  # views of a record: so many shifts by up to two pixels there are
BLOCK = 20_000  # records whose view is made at a time


class Trained(NamedTuple):
    """How images are changed at random in training."""

    mirror: bool
    reach: int  # pixels by which they are moved


class Given(NamedTuple):
    """What is known of the records before views of them are made."""

    x: Inputs  # (N, ...)
    names: tuple[str, ...]  # of the features; empty where they have none
    seed: int
    trained: Trained | None = None  # None where images are never changed in training, or nothing is known of it
    labels_only: bool = False  # views are for attacks on labels, which look for the distance to the decision boundary


class Maker(ABC):
    """A way to make views of records: a frozen dataclass, whose fields name the stored outputs.

    A view is a function of the record's row, the number of the view and these fields alone, whatever other records
    are asked about with it.
    """

    @classmethod
    @abstractmethod
    def of(cls, given: Given) -> Self | None:
        """Make views of these records; None where they are of another kind."""

    @property
    def most(self) -> int:
        """Number of views that it can make of a record."""
        return MOST

    @property
    @abstractmethod
    def words(self) -> str:
        """What the views are, in words that follow "views:"."""

    @abstractmethod
    def view(self, x: Inputs, rows: Ints, number: int) -> Inputs:
        """Make a view of some records.

        Args:
            x: (N, ...) all records.
            rows: (n,) the records wanted.
            number: which view, from 1.

        Returns:
            (n, ...) the records as the view shows them, in the type of `x`.
        """


@dataclass(frozen=True)
class Views:
    """The further views that models are asked about: `count` of each record, numbered from 1."""

    maker: Maker
    count: int

    @property
    def numbers(self) -> range:
        """The numbers of the views."""
        return range(1, self.count + 1)

    def key(self, number: int) -> str:
        """Name one view: how it is made, without how many others there are."""
        return fingerprint(CODE_VERSION, self.maker, number)

    def seen(self, x: Inputs, number: int) -> "Viewed":
        """All records x (N, ...) as one view shows them; each is made when it is read."""
        return Viewed(x, self.maker, number)


@dataclass(frozen=True, eq=False)
class Viewed:
    """Records as one view shows them, addressed by row: what a recipe asks its models about."""

    x: Inputs  # (N, ...)
    maker: Maker
    number: int

    @property
    def shape(self) -> tuple[int, ...]:
        """(N, ...), that of the records."""
        shape: tuple[int, ...] = self.x.shape
        return shape

    def __len__(self) -> int:
        return len(self.x)

    def __getitem__(self, rows: Any) -> Inputs:
        """The view of the records in rows (n,)."""
        return self.maker.view(self.x, np.asarray(rows), self.number)


def is_array(x: Inputs) -> bool:
    """Are the records one array of numbers, in memory or mapped from a file?"""
    return not isinstance(x, Features) or x.form == "mapped"


def blocks(rows: Ints) -> Iterator[Ints]:
    """Yield the rows (n,) in blocks, so that no view of all records is held at once."""
    yield from (rows[start : start + BLOCK] for start in range(0, len(rows), BLOCK))
