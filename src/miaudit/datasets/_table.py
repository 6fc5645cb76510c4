"""The user's table as an array of features."""

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from miaudit.arrays import Floats
from miaudit.datasets._tabular import Encoded, is_text, one_hot
from miaudit.errors import UserError
from miaudit.messages import shortened
from miaudit.reading.columns import Columns, is_number
from miaudit.reading.csv_file import read_csv
from miaudit.reading.parquet_file import read_parquet

WHAT = "a file with records"
NUMERIC = 0.9  # share of a column's cells: if so many are numbers, the column is numeric and its words are mistakes
ROW_NUMBERS = ("", "Unnamed: 0", "...1")  # what R and pandas call the column of row numbers


def read_table(path: Path) -> Columns:
    """The columns of a CSV or Parquet file, types of a CSV file's guessed; raises UserError where it cannot be read."""
    return read_csv(path, WHAT, _guessed) if path.suffix.lower() == ".csv" else read_parquet(path, WHAT)


def _guessed(name: str) -> None:
    del name


def encode(table: Columns, names: list[str]) -> Encoded:
    """Keep numbers as they are, turn booleans into 0 and 1, and text into one column `name=value` per value, sorted.

    Raises:
        UserError: a column has another type, mixes numbers with other text, or only counts the rows.
    """
    parts = [_encode(name, table) for name in names]
    x = np.concatenate([part.x for part in parts], axis=1)
    return Encoded(x, tuple(name for part in parts for name in part.names))


def _encode(name: str, table: Columns) -> Encoded:
    column = table.cells(name)
    if name in ROW_NUMBERS:
        raise UserError(
            f"column {name!r} seems to number the rows, as R and pandas write them, and would tell records apart: "
            "remove it, or name the columns of the features by `features`"
        )
    if not is_text(column.type):
        return Encoded(_numbers(name, column), (name,))
    _check_no_numbers(name, column)
    return one_hot(name, column.to_numpy())


def _check_no_numbers(name: str, column: Any) -> None:
    """Raise UserError where text such as `?` stands in a column of numbers, which would make each number a category."""
    values = pc.value_counts(column)
    counts = [(str(pair["values"]), int(pair["counts"])) for pair in values.to_pylist()]
    words = [(text, count) for text, count in counts if not is_number(text)]
    others = sum(count for _, count in words)
    if words and others <= (1 - NUMERIC) * len(column):
        raise UserError(
            f"column {name}: expected numbers, as nearly all rows have them, got {shortened(words[0][0])} "
            f"({others:,} of {len(column):,} rows are not numbers); leave these cells empty and fill them in or remove "
            "the records, or leave the column out by `features`"
        )


def _numbers(name: str, column: Any) -> Floats:
    kind = column.type
    if not (
        pa.types.is_boolean(kind)
        or pa.types.is_integer(kind)
        or pa.types.is_floating(kind)
        or pa.types.is_decimal(kind)
    ):
        raise UserError(
            f"column {name}: expected numbers, text or booleans, got {kind}; turn it into numbers or leave it out"
        )
    with np.errstate(over="ignore"):  # what single precision cannot hold becomes infinite, and is refused as such
        numbers: Floats = column.cast(pa.float64(), safe=False).to_numpy().astype(np.float32)[:, None]
    return numbers
