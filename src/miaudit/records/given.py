"""Puts the members, the non-members and the population that a user gives into one data set."""

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np

from miaudit.arrays import Ids, Ints
from miaudit.datasets.base import Dataset
from miaudit.errors import UserError
from miaudit.features.base import Features, Inputs
from miaudit.features.mapped import Mapped
from miaudit.memory import check_memory
from miaudit.messages import listed
from miaudit.records.labels import Classes, classes_of
from miaudit.records.names import names_of, same_columns
from miaudit.records.part import Part, read_part
from miaudit.records.reading import Reading
from miaudit.seeds import generator

Records = Any  # a pair x (n, ...) and y (n,), or a source of such pairs; for predictions, y alone suffices


@dataclass(frozen=True, eq=False)
class Given:
    """All records of an audit in one data set, and which of its rows are members, non-members and population."""

    data: Dataset
    members: Ints
    nonmembers: Ints
    population: Ints  # empty where none was given
    validation: Ints  # likewise
    labels: Classes  # of all records, as the user has them
    left_out: tuple[str, ...] = ()  # columns that the model was not trained on

    @property
    def left_out_told(self) -> str:
        """A sentence on the columns that were left out; empty where none were."""
        if not self.left_out:
            return ""
        return f"Columns that the model was not trained on are left out: {listed(self.left_out)}."

    @property
    def unlabelled(self) -> Dataset:
        """The records with the label 0 throughout, for questions that do not depend on the labels."""
        return replace(self.data, y=np.zeros_like(self.data.y))

    def with_classes(self, classes: int) -> "Given":
        """The same records with labels that count as 0..classes-1, the columns of the model's outputs.

        Raises:
            UserError: the labels do not fit so many columns, or the outputs would not fit into memory.
        """
        needed, advice = 8.0 * len(self.data) * classes, "number the classes from 0 without a gap"
        check_memory(needed, f"outputs for {classes:,} classes", advice)
        y, names = self.labels.codes(classes), self.labels.titles(classes)
        return replace(self, data=replace(self.data, y=y, classes=classes, class_names=names))


def read_given(
    members: Records,
    nonmembers: Records,
    population: Records | None,
    validation: Records | None = None,
    *,
    reading: Reading,
    seed: int,
) -> Given:
    """Put all records into one data set, in random order and under the user's own names.

    Args:
        members: x (n, ...) and y (n,).
        nonmembers: x and y of records that the model was not trained on.
        population: x and y of records that no model sees; None where there are none.
        validation: x and y of records by which training may choose, and which no attack reads; None for none.
        reading: what the model wants the records like.
        seed: seed of the order.

    Raises:
        UserError: x and y, or the records of different kinds, do not fit together.

    >>> given = read_given(([[0.5], [1.5]], [0, 1]), ([[2.5], [3.5]], [1, 0]), None, reading=Reading(), seed=0)
    >>> given.data.x[given.nonmembers].tolist()
    [[2.5], [3.5]]
    """
    every = {"members": members, "nonmembers": nonmembers, "population": population, "validation": validation}
    kinds = {name: records for name, records in every.items() if records is not None}
    parts = {name: read_part(name, records, reading) for name, records in kinds.items()}
    order = generator(seed, "order").permutation(sum(len(part.x) for part in parts.values()))
    rows = np.argsort(order)  # where each given record now lies
    ends = np.cumsum([0, *(len(part.x) for part in parts.values())])
    places = dict(zip(kinds, (rows[start:end] for start, end in pairwise(ends)), strict=True))
    labels = classes_of([part.y for part in parts.values()], reading.known).reordered(order)
    members, nonmembers, population, validation = (places.get(name, np.arange(0)) for name in every)
    left_out = tuple(dict.fromkeys(column for part in parts.values() for column in part.left_out))
    return Given(_dataset(parts, labels, order), members, nonmembers, population, validation, labels, left_out)


def _dataset(parts: dict[str, Part], labels: Classes, order: Ints) -> Dataset:
    y = labels.codes()
    names, ids = _names(parts)
    return Dataset(
        name="the given records",
        x=_joined({name: part.x for name, part in parts.items()}, order),
        y=y,
        classes=max(len(labels.values) if labels.known else int(y.max()) + 1, 2),
        ids=ids[order],
        names=names[order],
        feature_names=same_columns({name: part.columns for name, part in parts.items()}),
        positions=np.concatenate([np.arange(len(part.x)) for part in parts.values()])[order],
    )


def _joined(parts: dict[str, Inputs], order: Ints) -> Inputs:
    """All features in the order of the data set."""
    parts = _beside_maps(parts)
    forms = {name: type(x) for name, x in parts.items()}
    if len(set(forms.values())) > 1:
        told = ", ".join(f"{name} {_in_words(x)}" for name, x in parts.items())
        raise UserError(f"expected features of one form in every part, got {told}")
    form = next(iter(forms.values()))
    if issubclass(form, Features):
        return form.joined(parts).reordered(order)
    _check_shapes(parts)
    return np.concatenate(list(parts.values()))[order]


def _beside_maps(parts: dict[str, Inputs]) -> dict[str, Inputs]:
    """Arrays in memory join those that are mapped, if there are any."""
    mapped = next((x for x in parts.values() if isinstance(x, Mapped)), None)
    if mapped is None:
        return parts
    return {name: x if isinstance(x, Features) else Mapped.of(name, x, mapped.dtype) for name, x in parts.items()}


def _in_words(x: Inputs) -> str:
    return f"a {x.form}" if isinstance(x, Features) else "an array"


def _check_shapes(parts: dict[str, Inputs]) -> None:
    lacking = [name for name, x in parts.items() if x.size == 0]
    if lacking and len(lacking) < len(parts):
        raise UserError(f"expected records in x for every part or for none, got none for {', '.join(lacking)}")
    shapes = {name: x.shape[1:] for name, x in parts.items()}
    if len(set(shapes.values())) > 1:
        raise UserError(f"all records must have one shape, got {shapes}")


def _names(parts: dict[str, Part]) -> tuple[Ids, Ints]:
    """(N,) names of the records, which matter for audited ones only, and (N,) whole numbers for the evidence."""
    sizes = {name: len(part.x) for name, part in parts.items()}
    audited = names_of({name: (parts[name].row_names, sizes[name]) for name in ("members", "nonmembers")})
    places = np.arange(sum(sizes.values()))
    names: Ids = np.concatenate([audited, places[len(audited) :].astype(audited.dtype)])
    # With a population, whose labels may repeat those of audited records, places are the ids.
    is_whole = names.dtype.kind == "i" and len(names) == len(audited)
    return names, names.astype(np.int64) if is_whole else places
