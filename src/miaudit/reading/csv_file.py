"""CSV files as programs of all kinds write them: whatever Arrow raises on one becomes one message."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv

from miaudit.errors import UserError
from miaudit.reading.columns import Columns, columns_of
from miaudit.reading.dialect import Dialect, dialect_of
from miaudit.reading.path import MOST_BYTES, check_file
from miaudit.reading.text_file import Text, open_text

BLOCK = 2**30  # bytes that are parsed at once at most: Arrow guesses types from the first block

Types = Callable[[str], pa.DataType | None]  # of a column by its name; None where it is to be guessed


def all_text(name: str) -> pa.DataType:
    """Every column as text: types that are guessed depend on which rows come first."""
    del name
    return pa.string()


def read_csv(path: Path, what: str, types: Types = all_text) -> Columns:
    """The columns of a CSV file, whose encoding is found by `open_text` and whose separator by `dialect_of`.

    Args:
        path: the file, which may be compressed by gzip.
        what: what was expected, for messages.
        types: gives the type of a column by its name.

    Raises:
        UserError: there is no such file, it is no text, its lines differ in length, or a cell is not of its type.

    Example:
        >>> read_csv(Path("scores.csv"), "scores").names  # doctest: +SKIP
        ['score', 'member']
    """
    check_file(path, what, MOST_BYTES)
    try:
        text = open_text(path)
        dialect = dialect_of(text)
        table, blank = _without_blank_rows(_read(text, dialect, types))
        columns = columns_of(table, dialect.decimal, (*text.told, *dialect.told, *blank))
        return replace(columns, untyped=types is all_text)
    except UserError as error:
        raise UserError(f"cannot read {path}: expected {what}, a CSV table; {error}") from None
    except Exception as error:  # Arrow raises OSError, UnicodeDecodeError, NotImplementedError, ... on odd files
        raise UserError(f"cannot read {path}: expected {what}, a CSV table, got something else: {error}") from None


def _read(text: Text, dialect: Dialect, types: Types) -> pa.Table:
    known = {name: kind for name in dialect.names if (kind := types(name)) is not None}
    block = min(max(text.size, 1), BLOCK)
    named = dialect.skipped is not None  # else Arrow reads the names from the first line
    return pyarrow.csv.read_csv(
        pa.BufferReader(text.source) if isinstance(text.source, bytes) else text.source,
        read_options=pyarrow.csv.ReadOptions(
            block_size=block, column_names=list(dialect.names) if named else None, skip_rows=dialect.skipped or 0
        ),
        parse_options=pyarrow.csv.ParseOptions(delimiter=dialect.delimiter),
        convert_options=pyarrow.csv.ConvertOptions(
            column_types=known, decimal_point=dialect.decimal, strings_can_be_null=True
        ),
    )


def _without_blank_rows(table: pa.Table) -> tuple[pa.Table, tuple[str, ...]]:
    """The rows with a cell that is filled in, and a sentence on how many had none."""
    if not table.num_columns or any(column.null_count == 0 for column in table.columns):
        return table, ()
    filled = np.zeros(table.num_rows, dtype=bool)
    for column in table.columns:
        filled |= column.is_valid().to_numpy()
    blank = int((~filled).sum())
    if not blank:
        return table, ()
    return table.filter(pa.array(filled)), (f"{blank:,} blank row{'s were' if blank > 1 else ' was'} left out.",)
