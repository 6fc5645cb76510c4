"""Puts the members, the non-members and the population that a user gives into one data set."""

from dataclasses import dataclass, field, replace
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np

from miaudit.arrays import Ids, Ints
from miaudit.datasets.base import Dataset
from miaudit.errors import UserError
from miaudit.memory import check_memory
from miaudit.records.names import names_of, same_columns
from miaudit.records.part import Part, read_part
from miaudit.seeds import generator

Records = Any  # a pair x (n, ...) and y (n,) of anything that NumPy can read; for predictions, y alone suffices


@dataclass(frozen=True, eq=False)
class Given:
    """All records of an audit in one data set, and which of its rows are members, non-members and population."""

    data: Dataset
    members: Ints
    nonmembers: Ints
    population: Ints  # empty where none was given
    validation: Ints = field(default_factory=partial(np.arange, 0))  # likewise

    def with_classes(self, classes: int) -> "Given":
        """The same records with labels that count as 0..classes-1."""
        return replace(self, data=replace(self.data, classes=classes))


def read_given(
    members: Records,
    nonmembers: Records,
    population: Records | None,
    validation: Records | None = None,
    *,
    dtype: type,
    seed: int,
    may_lack_x: bool = False,
) -> Given:
    """Put all records into one data set, in random order and under the user's own names.

    Args:
        members: x (n, ...) and y (n,).
        nonmembers: x and y of records that the model was not trained on.
        population: x and y of records that no model sees; None where there are none.
        validation: x and y of records by which training may choose, and which no attack reads; None for none.
        dtype: floating-point type that x gets.
        seed: seed of the order.
        may_lack_x: whether labels alone suffice, as they do where only predictions are audited.

    Raises:
        UserError: x and y, or the records of different kinds, do not fit together.

    >>> given = read_given(([[0.5], [1.5]], [0, 1]), ([[2.5], [3.5]], [1, 0]), None, dtype=np.float32, seed=0)
    >>> given.data.x[given.nonmembers].tolist()
    [[2.5], [3.5]]
    """
    every = {"members": members, "nonmembers": nonmembers, "population": population, "validation": validation}
    kinds = {name: records for name, records in every.items() if records is not None}
    parts = {name: read_part(name, records, dtype, may_lack_x) for name, records in kinds.items()}
    _check_shapes(parts)
    order = generator(seed, "order").permutation(sum(len(part.y) for part in parts.values()))
    rows = np.argsort(order)  # where each given record now lies
    ends = np.cumsum([0, *(len(part.y) for part in parts.values())])
    places = dict(zip(kinds, (rows[start:end] for start, end in pairwise(ends)), strict=True))
    return Given(_dataset(parts, order), *(places.get(name, np.arange(0)) for name in every))


def _check_shapes(parts: dict[str, Part]) -> None:
    lacking = [name for name, part in parts.items() if part.x.size == 0]
    if lacking and len(lacking) < len(parts):
        raise UserError(f"expected records in x for every part or for none, got none for {', '.join(lacking)}")
    shapes = {name: part.x.shape[1:] for name, part in parts.items()}
    if len(set(shapes.values())) > 1:
        raise UserError(f"all records must have one shape, got {shapes}")


def _dataset(parts: dict[str, Part], order: Ints) -> Dataset:
    y = np.concatenate([part.y for part in parts.values()])
    classes = max(int(y.max()) + 1, 2)
    check_memory(8.0 * len(y) * classes, f"outputs for {classes:,} classes", "number the classes from 0 without a gap")
    names, ids = _names(parts)
    return Dataset(
        name="the given records",
        x=np.concatenate([part.x for part in parts.values()])[order],
        y=y[order],
        classes=classes,
        ids=ids[order],
        names=names[order],
        feature_names=same_columns({name: part.columns for name, part in parts.items()}),
        positions=np.concatenate([np.arange(len(part.y)) for part in parts.values()])[order],
    )


def _names(parts: dict[str, Part]) -> tuple[Ids, Ints]:
    """(N,) names of the records, which matter for audited ones only, and (N,) whole numbers for the evidence."""
    sizes = {name: len(part.y) for name, part in parts.items()}
    audited = names_of({name: (parts[name].labels, sizes[name]) for name in ("members", "nonmembers")})
    places = np.arange(sum(sizes.values()))
    names: Ids = np.concatenate([audited, places[len(audited) :].astype(audited.dtype)])
    # With a population, whose labels may repeat those of audited records, places are the ids.
    is_whole = names.dtype.kind == "i" and len(names) == len(audited)
    return names, names.astype(np.int64) if is_whole else places
