"""Joins predictions in two files, one on members and one on non-members, into one table."""

from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa

from miaudit.errors import UserError
from miaudit.messages import listed
from miaudit.reading.columns import Columns
from miaudit.reading.nested import spread
from miaudit.reading.percent import without_percent_signs
from miaudit.reading.table_file import read_table

WHAT = "a file of predictions"
FILE = "in the file of members"  # the column that tells the records of the two files apart
ID, OWN_ID = "id", "id in the file"


class Given(NamedTuple):
    """The columns of one file or of two, and what messages on them call it."""

    columns: Columns
    where: str


def given_in(columns: Columns) -> list[str]:
    """The columns that were given, by the names that the files have: all but `FILE`."""
    return [ID if name == OWN_ID else name for name in columns.names if name != FILE]


def names_in(columns: Columns) -> str:
    """The names of the columns that were given, as messages list them."""
    return listed(given_in(columns))


def read_one(path: Path) -> Given:
    """The columns of a file, lists spread over several; raises UserError where it cannot be read."""
    return Given(_read(path), str(path))


def read_two(members: Path, nonmembers: Path, ids: str | None = None) -> Given:
    """The columns that two files share, those of members first, and a column `FILE` with 1 and 0.

    Messages name the rows that each file has in the joined table, since they speak of its rows.

    Args:
        members: file of the records that the model was trained on.
        nonmembers: file of others.
        ids: the column that the user names as that of the ids; None where they name none.

    Raises:
        UserError: one of them cannot be read, they share no columns, or they hold the same table.
    """
    first, second = _read(members), _read(nonmembers)
    if first.rows and _are_alike(first, second):
        raise UserError(
            f"{members} and {nonmembers} hold the same table: expected predictions on records that "
            "the model was trained on in the first file, and on others in the second"
        )
    shared = [name for name in first.names if name in second.arrays]
    alone = [name for name in (*first.names, *second.names) if name not in shared]
    if not shared or first.decimal != second.decimal:
        why = "share no column" if not shared else "have different decimal marks"
        raise UserError(f"{members} and {nonmembers} {why}: expected predictions of one model, written alike")
    arrays = {name: _joined(first, second, name) for name in shared}
    arrays[FILE] = pa.chunked_array([pa.array([1] * first.rows + [0] * second.rows, pa.int64())])
    told = [*first.told, *(sentence for sentence in second.told if sentence not in first.told)]
    told += [f"Left out, as only one of the files has them: {listed(alone)}."] if alone else []
    rows = (first.rows, first.rows + second.rows)
    both = Columns(arrays, rows[1], first.decimal, tuple(told))
    where = f"{members}{_place(0, rows[0])} and {nonmembers}{_place(*rows)}"
    where += f", of which only one has {listed(alone)}" if alone else ""
    return Given(both if ids == ID else _with_own_ids(both, first, second), where)


def _read(path: Path) -> Columns:
    return without_percent_signs(spread(read_table(path, WHAT)))


def _are_alike(first: Columns, second: Columns) -> bool:
    """Have two files the same cells, in the same columns and rows?"""
    return first.arrays.keys() == second.arrays.keys() and all(
        first.arrays[name].equals(second.arrays[name]) for name in first.names
    )


def _place(start: int, end: int) -> str:
    """Where a file's rows are in the joined table: messages count rows from 1, and records from 0.

    >>> _place(0, 400), _place(400, 400)
    (' (rows 1 to 400, records 0 to 399)', ' (no rows)')
    """
    return f" (rows {start + 1:,} to {end:,}, records {start:,} to {end - 1:,})" if end > start else " (no rows)"


def _joined(first: Columns, second: Columns, name: str) -> Any:
    """One column of both files, as text where their types have no common one."""
    chunks = [columns.arrays[name] for columns in (first, second)]
    if chunks[0].type == chunks[1].type:
        return pa.chunked_array([chunk for array in chunks for chunk in array.chunks], chunks[0].type)
    if all(pa.types.is_integer(array.type) or pa.types.is_floating(array.type) for array in chunks):
        return pa.chunked_array([chunk for array in chunks for chunk in array.cast(pa.float64()).chunks], pa.float64())
    texts = [text for columns in (first, second) for text in columns.texts(name).tolist()]
    return pa.chunked_array([pa.array(texts, pa.string())])


def _with_own_ids(both: Columns, first: Columns, second: Columns) -> Columns:
    """The columns, with ids that both files use for different records under a name that says so."""
    if ID not in both.arrays or not set(first.texts(ID)) & set(second.texts(ID)):
        return both
    arrays = {OWN_ID if name == ID else name: array for name, array in both.arrays.items()}
    return replace(both, arrays=arrays, told=(*both.told, "Both files have the same ids, which tell no records apart."))
