"""Joins predictions in two files, one on members and one on non-members, into one table."""

from dataclasses import replace
from pathlib import Path
from typing import Any

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


def read_one(path: Path) -> Columns:
    """The columns of a file, lists spread over several; raises UserError where it cannot be read."""
    return without_percent_signs(spread(read_table(path, WHAT)))


def read_two(members: Path, nonmembers: Path) -> Columns:
    """The columns that two files share, those of members first, and a column `FILE` with 1 and 0.

    Args:
        members: file of the records that the model was trained on.
        nonmembers: file of others.

    Raises:
        UserError: one of them cannot be read, or they share no columns.
    """
    first, second = read_one(members), read_one(nonmembers)
    shared = [name for name in first.names if name in second.arrays]
    alone = [name for name in (*first.names, *second.names) if name not in shared]
    if not shared or first.decimal != second.decimal:
        why = "share no column" if not shared else "have different decimal marks"
        raise UserError(f"{members} and {nonmembers} {why}: expected predictions of one model, written alike")
    arrays = {name: _joined(first, second, name) for name in shared}
    arrays[FILE] = pa.chunked_array([pa.array([1] * first.rows + [0] * second.rows, pa.int64())])
    told = [*first.told, *(sentence for sentence in second.told if sentence not in first.told)]
    told += [f"Left out, as only one of the files has them: {listed(alone)}."] if alone else []
    both = Columns(arrays, first.rows + second.rows, first.decimal, tuple(told))
    return _with_own_ids(both, first, second)


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
