"""Reads the records of one kind, such as the members, as the user gives them: x with y, or y alone."""

from typing import Any, NamedTuple

import numpy as np

from miaudit.arrays import Ints
from miaudit.errors import UserError
from miaudit.guard import as_array
from miaudit.messages import shortened
from miaudit.records.names import Labels, columns_of, index_of

FEWEST = 2  # records of a kind, below which nothing can be measured


class Part(NamedTuple):
    """Records of one kind as arrays."""

    x: Any  # (n, ...); (n, 0) where the user gave labels only
    y: Ints  # (n,)
    labels: Labels | None  # (n,) index of a DataFrame or Series
    columns: tuple[str, ...]  # names of a DataFrame's columns; empty for anything else


def read_part(name: str, records: Any, dtype: type, may_lack_x: bool = False) -> Part:
    """Read one kind of records and check that features and labels fit together.

    Args:
        name: what the user calls the records, such as "members", for messages.
        records: a pair of x (n, ...) and y (n,), each anything that NumPy can read.
        dtype: floating-point type that x gets.
        may_lack_x: whether y alone, or a pair of None and y, is accepted as well.

    Raises:
        UserError: x is missing or holds no numbers, y holds no labels 0..C-1, or their lengths differ.

    >>> read_part("members", ([[0.5], [1.5]], [0, 1]), np.float32).y.tolist()
    [0, 1]
    """
    given_x, given_y = _pair(name, records, may_lack_x)
    try:
        y = as_array(given_y)
        x: Any = np.empty((y.size, 0)) if given_x is None else as_array(given_x).astype(dtype, copy=False)
    except (TypeError, ValueError, RuntimeError) as error:
        raise UserError(f"{name}: expected numbers in x, got {error}") from None
    if x.ndim < 1 or y.ndim != 1 or len(x) != len(y) or len(y) < FEWEST:
        raise UserError(f"{name}: expected x (n, ...) and y (n,) with n >= {FEWEST}, got {x.shape} and {y.shape}")
    if y.dtype.kind not in "iu" or y.min() < 0:
        came = f"{y.dtype} from {y.min()}" if y.dtype.kind in "iufb" else f"{shortened(y.flat[0])} ({y.dtype})"
        raise UserError(f"{name}: expected labels 0..C-1 as integers, got {came}; number the classes from 0")
    return Part(x, y.astype(np.int64), index_of(name, given_x, given_y), columns_of(given_x))


def _pair(name: str, records: Any, may_lack_x: bool) -> tuple[Any, Any]:
    """Features and labels; the features are None where only labels were given."""
    if isinstance(records, tuple | list) and len(records) == 2 and _dimensions(records[1]) > 0:
        x, y = records
    elif may_lack_x and _dimensions(records) == 1:
        x, y = None, records
    else:
        alone = "; only Predictions are audited without x, and without a recipe" if _dimensions(records) == 1 else ""
        raise UserError(f"{name}: expected a pair (x, y), got {type(records).__name__}{alone}")
    if x is None and not may_lack_x:
        raise UserError(
            f"{name}: expected records in x, got None; only Predictions are audited without them, and without a recipe"
        )
    return x, y


def _dimensions(values: Any) -> int:
    """Number of dimensions of the values as an array; 0 where they make no array."""
    try:
        return as_array(values).ndim
    except (TypeError, ValueError, RuntimeError):
        return 0
