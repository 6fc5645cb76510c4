"""Names the records of an audit, by the user's index if its labels are unique, otherwise by place; and the features."""

from typing import Any

import numpy as np
import numpy.typing as npt

from miaudit.arrays import Ids
from miaudit.errors import UserError

Index = npt.NDArray[Any]  # labels of an index: whole numbers, text, or anything that can be written as text


def index_of(name: str, x: Any, y: Any) -> Index | None:
    """The index (n,) of the features, or else of the labels; None if neither is a DataFrame or Series.

    Raises:
        UserError: features and labels have the same index in different orders, so they are mixed up.
    """
    found = [index for index in map(_index, (x, y)) if index is not None]
    if not found:
        return None
    first, last = found[0], found[-1]
    if not np.array_equal(first, last) and sorted(map(str, first)) == sorted(map(str, last)):
        raise UserError(
            f"{name}: x and y have the same index in different orders, so labels would go to the wrong records: "
            "put them in the same order, such as y.loc[x.index]"
        )
    return first


def names_of(parts: dict[str, tuple[Index | None, int]]) -> Ids:
    """Names of all records, those of `members` first: part -> (index or None, number of records).

    These are the labels of the indexes, if every part has one and no label occurs twice. Labels that occur once in
    each part get its name before them, such as "members:Max". Otherwise it is the places that do, such as "members:17"
    for the 18th of the members as they were given.

    >>> names_of({"members": (np.array(["Ada", "Max"]), 2), "nonmembers": (np.array(["Eva"]), 1)}).tolist()
    ['Ada', 'Max', 'Eva']
    >>> names_of({"members": (np.array([0, 1]), 2), "nonmembers": (np.array([0]), 1)}).tolist()
    ['members:0', 'members:1', 'nonmembers:0']
    """
    indexes = {part: index for part, (index, _) in parts.items() if index is not None}
    if len(indexes) == len(parts):
        names = _as_names(list(indexes.values()))
        if len(np.unique(names)) == len(names):
            return names
        own = np.array([f"{part}:{label}" for part, index in indexes.items() for label in index], dtype=np.str_)
        if len(np.unique(own)) == len(own):
            return own
    return np.array([f"{part}:{place}" for part, (_, count) in parts.items() for place in range(count)], dtype=np.str_)


def columns_of(x: Any) -> tuple[str, ...]:
    """The names of a DataFrame's columns; none of anything else."""
    columns = getattr(x, "column_names", None)  # of Arrow's tables, whose `columns` are the columns themselves
    columns = getattr(x, "columns", None) if columns is None else columns
    return () if columns is None or callable(columns) else tuple(str(column) for column in columns)


def same_columns(parts: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
    """The names that all parts give their features (part -> names); none where they differ.

    Raises:
        UserError: parts have the same columns in another order, so that features are mixed up.
    """
    (first, names), *others = parts.items()
    for part, other in others:
        if other != names and sorted(other) == sorted(names):
            raise UserError(
                f"{first} and {part} have the same columns in another order, so features would be mixed up: put them "
                f"in one order, such as {part}[{first}.columns]"
            )
    return names if all(other == names for _, other in others) else ()


def _index(values: Any) -> Index | None:
    index = getattr(values, "index", None)
    if index is None or callable(index):  # lists and tuples have a method of that name
        return None
    labels = np.empty(len(index), dtype=object)
    labels[:] = list(index)  # labels of several levels are tuples, and stay whole
    return labels


def _as_names(indexes: list[Index]) -> Ids:
    labels = [label for index in indexes for label in index]
    if all(isinstance(label, int | np.integer) and not isinstance(label, bool) for label in labels):
        return np.array(labels, dtype=np.int64)
    return np.array([str(label) for label in labels], dtype=np.str_)
