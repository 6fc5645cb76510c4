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


def as_trained(name: str, given: Any, reading: Reading) -> Chosen:
    """The columns that the model was trained on, in their order, where it has kept their names.

    Args:
        name: what the user calls the records, such as "members", for messages.
        given: features in any form; only tables change.
        reading: what the model wants the records like.

    Raises:
        UserError: two columns have the same name, or some of the training are missing and the model gets no names.

    >>> import pyarrow as pa
    >>> table = pa.table({"id": [7, 8], "pay": [1.5, 2.5], "age": [40, 50]})
    >>> found = as_trained("members", table, Reading(columns=("age", "pay")))
    >>> found.x.column_names, found.left_out
    (['age', 'pay'], ('id',))
    """
    if not Table.holds(given):
        return Chosen(given)
    names = columns_of(given)
    if len(set(names)) < len(names):
        raise UserError(f"expected every column once, got {listed(names)}")
    wanted = _wanted(name, given, names, reading)
    frame = nw.from_native(given)
    if wanted != names:
        frame = frame.select(nw.nth([names.index(column) for column in wanted]))  # names may be numbers
    if reading.text_is_categories:
        text = [column for column, kind in frame.schema.items() if kind == nw.String]
        frame = frame.with_columns(nw.col(text).cast(nw.Categorical)) if text else frame
    return Chosen(frame.to_native(), tuple(column for column in names if column not in wanted))


def _wanted(name: str, given: Any, names: tuple[str, ...], reading: Reading) -> tuple[str, ...]:
    """The names of the columns that the model gets, in order."""
    # LightGBM has underscores in the place of spaces.
    known = {column.replace(" ", "_"): column for column in names if column not in reading.columns}
    known |= {column: column for column in names}
    missing = [column for column in reading.columns if column not in known]
    if not missing:
        return tuple(known[column] for column in reading.columns) or names
    is_numbered = names == tuple(map(str, range(len(reading.columns))))  # like an array, it has no names to check
    if is_numbered or reading.keeps_table(given):  # a model that looks for columns itself may do without some
        return names
    raise UserError(
        f"{name}: expected the columns that the model was trained on, got none called {listed(missing)}; there are "
        f"{listed(names)}: give them the names that they had in the training"
    )
