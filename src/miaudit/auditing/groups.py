"""Puts records into groups: by the values of a column, or by ranges of them where there are many numbers."""

from collections.abc import Collection, Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from miaudit.arrays import Floats, Ints
from miaudit.errors import UserError
from miaudit.messages import did_you_mean, shortened

LABEL = "label"  # the name by which the class is a group
MOST_NUMBERS = 10  # numbers with more different values than this are put into ranges
RANGES = 4
MOST_GROUPS = 100
DIGITS = 3  # significant ones of the ends of ranges


class GroupBy(NamedTuple):
    """The columns whose groups are looked at, and the size below which a group is not shown."""

    columns: tuple[str, ...] = ()
    least: int = 10


NO_GROUPS = GroupBy()


class Groups(NamedTuple):
    """The group of each record."""

    of: Ints  # (n,) places among the names
    names: tuple[str, ...]  # in the order of their values


def groups_by(
    columns: Sequence[str], classes: Groups | None, further: Mapping[str, npt.NDArray[Any]]
) -> dict[str, Groups]:
    """Put records into groups by each of the columns.

    Args:
        columns: names of columns; `label` is the class, unless a column has that name.
        classes: the class of each record; None where the model is no classifier.
        further: what else is known of the records: name -> (n,).

    Raises:
        UserError: there is no such column, it lacks values, or it has too many different ones.

    >>> groups_by(["sex"], None, {"sex": np.array(["f", "m", "f"])})["sex"].names
    ('f', 'm')
    """
    check_known(columns, [*further, *([] if classes is None else [LABEL])])
    by_class = {} if classes is None else {LABEL: classes}
    return {name: grouped(name, further[name]) if name in further else by_class[name] for name in columns}


def check_known(columns: Sequence[str], known: Collection[str]) -> None:
    """Raise UserError where there is no column of a name."""
    for name in columns:
        if name not in known:
            hint = did_you_mean(name, known) if known else "no column is kept with these records"
            raise UserError(f"there is no column {shortened(name)} to group by: {hint}")


def classes_of(labels: Ints, class_names: Sequence[str] = ()) -> Groups:
    """Put records into groups by their classes (n,), which count from 0."""
    classes, of = np.unique(labels, return_inverse=True)
    names = [class_names[label] if label < len(class_names) else str(label) for label in classes.tolist()]
    return Groups(of.astype(np.int64), tuple(names))


def grouped(name: str, values: Any) -> Groups:
    """Put records into groups by their values (n,): text, truth values or numbers.

    More than ten different numbers are put into four ranges with equally many records each, as far as ties allow.

    Args:
        name: of the column, for messages.
        values: an array, a list or a column of a table.

    Raises:
        UserError: a value is missing, or there are more than a hundred different ones that are no numbers.

    >>> grouped("age", np.arange(100)).names
    ('below 24.8', '24.8 to below 49.5', '49.5 to below 74.2', '74.2 or more')
    """
    column = _column(name, values)
    if column.null_count:
        raise UserError(
            f"column {name}: expected a value for every record to group by, got {column.null_count:,} missing ones of "
            f"{len(column):,}; fill them in, with a word such as `unknown`, or leave these records out"
        )
    different = pc.unique(column)
    if not pa.types.is_boolean(column.type) and (numbers := _numbers(column)) is not None:
        return _of_numbers(numbers)
    if len(different) > MOST_GROUPS:
        raise UserError(
            f"column {name}: expected at most {MOST_GROUPS} groups, got {len(different):,} different values; choose a "
            "column with fewer, or join values to groups"
        )
    names, of = np.unique(np.array([str(value) for value in column.to_pylist()]), return_inverse=True)
    return Groups(of.astype(np.int64), tuple(names.tolist()))


def _column(name: str, values: Any) -> Any:
    """The values in Arrow's form, where empty text and NaN are missing."""
    try:
        column = pa.array(values, from_pandas=True)
        column = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    except (pa.ArrowException, TypeError, ValueError) as error:
        raise UserError(f"column {name}: expected values of one type, one for each record; got {error}") from None
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if pa.types.is_nested(column.type):
        raise UserError(f"column {name}: expected one value for each record to group by, got lists")
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        trimmed = pc.utf8_trim_whitespace(column)
        return pc.if_else(pc.equal(trimmed, ""), None, trimmed)
    return column


def _numbers(column: Any) -> Floats | None:
    """The numbers (n,), including those written as text; None if a value is not a number."""
    try:
        numbers: Floats = column.cast(pa.float64()).to_numpy(zero_copy_only=False)
    except pa.ArrowException:
        return None
    return numbers if np.isfinite(numbers).all() else None


def _of_numbers(numbers: Floats) -> Groups:
    different, of = np.unique(numbers, return_inverse=True)
    if len(different) <= MOST_NUMBERS:
        return Groups(of.astype(np.int64), tuple(f"{value:.10g}" for value in different))
    inner = np.quantile(numbers, np.arange(1, RANGES) / RANGES)
    ends = np.unique([float(f"{end:.{DIGITS}g}") for end in inner])
    ends = ends[(ends > different[0]) & (ends <= different[-1])]
    ends = ends if len(ends) else different[1:2]  # three quarters of the records or more have the lowest value
    of = np.searchsorted(ends, numbers, side="right")
    said = [f"{end:.10g}" for end in ends]
    middle = [f"{low} to below {high}" for low, high in pairwise(said)]
    return Groups(of.astype(np.int64), (f"below {said[0]}", *middle, f"{said[-1]} or more"))
