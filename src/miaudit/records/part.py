"""Reads the records of one kind, such as the members, as the user gives them: x with y, or y alone."""

from typing import Any, NamedTuple

import numpy as np

from miaudit.errors import UserError
from miaudit.features.base import Inputs, form_of
from miaudit.features.table import Table
from miaudit.guard import as_array
from miaudit.records.fitted_columns import as_trained
from miaudit.records.labels import Labels, read_labels
from miaudit.records.names import Index, columns_of, index_of
from miaudit.records.reading import Reading
from miaudit.records.row_names import check_ids_are_named
from miaudit.records.sources.base import Source, source_of

FEWEST = 2  # records of a kind, below which nothing can be measured


class Part(NamedTuple):
    """Records of one kind."""

    x: Inputs  # (n, ...) array, or `Features`; (n, 0) where the user gave labels only
    y: Labels
    row_names: Index | None  # (n,) index of a DataFrame or Series
    columns: tuple[str, ...]  # names of a table's columns; empty for anything else
    left_out: tuple[str, ...] = ()  # names of further columns, which the model was not trained on


def read_part(name: str, records: Any, reading: Reading) -> Part:
    """Read one kind of records and check that features and labels fit together.

    Args:
        name: what the user calls the records, such as "members", for messages.
        records: a pair of x (n, ...) and y (n,), or a source of such pairs: a torch Dataset, a folder of images.
        reading: what the model wants the records like.

    Raises:
        UserError: x is missing or in no form that is known, y holds no labels, or their lengths differ.

    >>> read_part("members", ([[0.5], [1.5]], ["no", "yes"]), Reading()).y.values.tolist()
    ['no', 'yes']
    """
    given_x, given_y, class_names, is_whole_file = _pair(name, records, reading)
    if is_whole_file:
        check_ids_are_named(given_x, reading.columns)
    given_x, left_out = as_trained(name, given_x, reading)
    try:
        y = read_labels(name, given_y)
    except (TypeError, ValueError, RuntimeError) as error:
        raise UserError(f"{name}: expected labels y (n,), got values that form no array: {error}") from None
    if class_names and not y.names:
        y = y._replace(names=class_names)
    x = np.empty((len(y.values), 0)) if given_x is None else _features(name, given_x, len(y.values), reading)
    if not x.shape or len(x) != len(y.values) or len(x) < FEWEST:
        raise UserError(
            f"{name}: expected x (n, ...) and y (n,) with n >= {FEWEST}, got {x.shape} and {y.values.shape}"
        )
    return Part(x, y, index_of(name, given_x, given_y), columns_of(given_x), left_out)


def _features(name: str, given: Any, records: int, reading: Reading) -> Inputs:
    form = form_of(given, records)
    if form is None and Table.holds(given) and reading.keeps_table(given):
        form = Table
    if form is not None:
        has_floats = getattr(getattr(given, "dtype", None), "kind", "") == "f"  # an array that is mapped into memory
        return form.of(name, given, reading.dtype_for(given) if has_floats else reading.dtype)
    try:
        x = as_array(given)
        return x.astype(reading.dtype_for(x), copy=False)
    except (TypeError, ValueError, RuntimeError) as error:
        raise UserError(f"{name}: expected numbers in x, got {error}") from None


def _pair(name: str, records: Any, reading: Reading) -> Source:
    """Features and labels; the features are None where only labels were given."""
    source = source_of(records)
    if source is not None:
        return source.read(name, records, reading.progress)
    if isinstance(records, tuple | list) and len(records) == 2 and _dimensions(records[1]) > 0:
        found = Source(*records)
    elif reading.may_lack_x and _dimensions(records) == 1:
        found = Source(None, records)
    else:
        alone = "; only Predictions are audited without x, and without a recipe" if _dimensions(records) == 1 else ""
        alone = ", such as (df.drop(columns='label'), df['label'])" if Table.holds(records) else alone
        raise UserError(f"{name}: expected a pair (x, y), got {type(records).__name__}{alone}")
    if found.x is None and not reading.may_lack_x:
        raise UserError(
            f"{name}: expected records in x, got None; only Predictions are audited without them, and without a recipe"
        )
    return found


def _dimensions(values: Any) -> int:
    """Number of dimensions of the values as an array; 0 if they form none."""
    try:
        return as_array(values).ndim
    except (TypeError, ValueError, RuntimeError):
        return 0
