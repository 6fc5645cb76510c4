"""CSV files as programs of all kinds write them: whatever Arrow raises on one becomes one message."""

from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.csv

from miaudit.errors import UserError
from miaudit.memory import check_memory
from miaudit.reading.columns import Columns, columns_of
from miaudit.reading.dialect import Dialect, check_text, dialect_of
from miaudit.reading.path import MOST_BYTES, check_file

BLOCK = 2**30  # bytes that are parsed at once at most: Arrow guesses types from the first block
TIMES = 3  # a file's size that its columns may take in memory

Types = Callable[[str], pa.DataType | None]  # of a column by its name; None where it is to be guessed


def all_text(name: str) -> pa.DataType:
    """Every column as text: types that are guessed depend on which rows come first."""
    del name
    return pa.string()


def read_csv(path: Path, what: str, types: Types = all_text) -> Columns:
    """The columns of a CSV file whose separator is found by `dialect_of`.

    Args:
        path: of the file.
        what: was expected, for messages.
        types: of the columns by name.

    Raises:
        UserError: there is no such file, it is no text, its lines differ in length, or a cell is not of its type.

    Example:
        >>> read_csv(Path("scores.csv"), "scores").names  # doctest: +SKIP
        ['score', 'member']
    """
    check_file(path, what, MOST_BYTES)
    check_memory(TIMES * path.stat().st_size, str(path), "write fewer rows or columns, or a .parquet file")
    try:
        check_text(path)
        dialect = dialect_of(path)
        told = dialect.told
        return columns_of(_read(path, dialect, types), dialect.decimal, told)
    except UserError as error:
        raise UserError(f"cannot read {path}: expected {what}, a CSV table; {error}") from None
    except Exception as error:  # Arrow raises OSError, UnicodeDecodeError, NotImplementedError, ... on odd files
        raise UserError(f"cannot read {path}: expected {what}, a CSV table, got what is none: {error}") from None


def _read(path: Path, dialect: Dialect, types: Types) -> pa.Table:
    known = {name: kind for name in dialect.names if (kind := types(name)) is not None}
    block = min(max(path.stat().st_size, 1), BLOCK)
    return pyarrow.csv.read_csv(
        path,
        read_options=pyarrow.csv.ReadOptions(block_size=block),
        parse_options=pyarrow.csv.ParseOptions(delimiter=dialect.delimiter),
        convert_options=pyarrow.csv.ConvertOptions(
            column_types=known, decimal_point=dialect.decimal, strings_can_be_null=True
        ),
    )
