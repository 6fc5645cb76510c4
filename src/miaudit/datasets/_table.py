"""The user's table as an array of features."""

from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet

from miaudit.arrays import Floats
from miaudit.datasets._tabular import Encoded, is_text, one_hot
from miaudit.errors import UserError

MAX_BLOCK = 2**30  # bytes of a CSV file from which the columns' types are guessed


def read_table(path: Path) -> Any:
    """A CSV or Parquet file as a pyarrow table, NaN as missing; raises UserError where it cannot be read."""
    try:
        table = _read_csv(path) if path.suffix.lower() == ".csv" else pyarrow.parquet.read_table(path)
        columns = [_plain(column) for column in table.columns]
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, OSError) as error:
        raise UserError(f"expected a {path.suffix} table, got what cannot be read as one: {error}") from None
    repeated = [name for name, count in Counter(table.column_names).items() if count > 1]
    if repeated:
        raise UserError(f"expected every column once, got {', '.join(repeated)} more than once")
    return pa.table(columns, names=table.column_names)


def _plain(column: Any) -> Any:
    """Categories as their values, NaN as missing."""
    if pa.types.is_dictionary(column.type):
        return column.cast(column.type.value_type)
    return pc.if_else(pc.is_nan(column), None, column) if pa.types.is_floating(column.type) else column


def encode(table: Any, columns: list[str]) -> Encoded:
    """Numbers stay as they are, booleans become 0 and 1, text one column `name=value` a value, in sorted order."""
    parts = [_encode(name, table.column(name)) for name in columns]
    x = np.concatenate([part.x for part in parts], axis=1)
    return Encoded(x, tuple(name for part in parts for name in part.names))


def _encode(name: str, column: Any) -> Encoded:
    return one_hot(name, column.to_numpy()) if is_text(column.type) else Encoded(_numbers(name, column), (name,))


def _read_csv(path: Path) -> Any:
    read = pyarrow.csv.ReadOptions(block_size=min(max(path.stat().st_size, 1), MAX_BLOCK))
    convert = pyarrow.csv.ConvertOptions(strings_can_be_null=True)
    return pyarrow.csv.read_csv(path, read_options=read, convert_options=convert)


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
        numbers: Floats = column.cast(pa.float64()).to_numpy().astype(np.float32)[:, None]
    return numbers
