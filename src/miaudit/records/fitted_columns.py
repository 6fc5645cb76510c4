"""Gives a model the columns of a table that it was trained on."""

from typing import Any, NamedTuple

import narwhals.stable.v2 as nw

from miaudit.errors import UserError
from miaudit.features.table import Table
from miaudit.messages import listed
from miaudit.records.names import columns_of
from miaudit.records.reading import Reading


class Chosen(NamedTuple):
    """Features, and the names of the columns that are not among them."""

    x: Any
    left_out: tuple[str, ...] = ()


def as_trained(given: Any, reading: Reading) -> Chosen:
    """The columns that the model was trained on, where it has kept their names and the table has more than these.

    Args:
        given: features in any form; only tables change.
        reading: what the model wants the records like.

    Raises:
        UserError: two columns have the same name.

    >>> import pyarrow as pa
    >>> table = pa.table({"id": [7, 8], "age": [40, 50]})
    >>> found = as_trained(table, Reading(columns=("age",)))
    >>> found.x.column_names, found.left_out
    (['age'], ('id',))
    """
    if not Table.holds(given):
        return Chosen(given)
    names = columns_of(given)
    if len(set(names)) < len(names):
        raise UserError(f"expected every column once, got {listed(names)}")
    has_more = len(names) > len(reading.columns) > 0 and set(reading.columns) <= set(names)
    left_out = tuple(name for name in names if name not in reading.columns) if has_more else ()
    frame = nw.from_native(given)
    places = [names.index(name) for name in reading.columns if has_more]  # names may be numbers
    frame = frame.select(nw.nth(places)) if has_more else frame
    if reading.text_is_categories:
        text = [name for name, kind in frame.schema.items() if kind == nw.String]
        frame = frame.with_columns(nw.col(text).cast(nw.Categorical)) if text else frame
    return Chosen(frame.to_native(), left_out)
