"""Turns attributes into numbers: the encodings of tables, and files that hold only small numbers."""

from pathlib import Path
from typing import Any, Literal, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.csv

from miaudit.arrays import Floats, Ints
from miaudit.errors import UserError

Encoding = Literal["one_hot", "one_hot_standardised", "ordinal"]

MAX_CATEGORIES = 1000  # most values of one column; one with more probably holds names or free text
CSV_BLOCK = 2**25  # bytes: some rows of Texas100 are 12 kB


class Encoded(NamedTuple):
    """Features that were made of attributes, and their names."""

    x: Floats  # (n, features) float32
    names: tuple[str, ...]


def encode_attributes(table: pa.Table, columns: list[str], encoding: Encoding) -> Encoded:
    """Standardise numbers over all rows; encode text as one column per value, or as its standardised alphabetical rank.

    The columns of values are 0 and 1, or standardised as well. A missing text is a value of its own.
    """
    parts = [_encode(name, table[name], encoding) for name in columns]
    x = np.concatenate([part.x for part in parts], axis=1).astype(np.float32)
    return Encoded(x, tuple(name for part in parts for name in part.names))


def _encode(name: str, column: pa.ChunkedArray, encoding: Encoding) -> Encoded:
    if not is_text(column.type):
        return Encoded(_standardised(column.to_numpy()), (name,))
    values = np.asarray(column.fill_null("missing").to_pylist())
    if encoding != "ordinal":
        block = one_hot(name, values)
        return block if encoding == "one_hot" else block._replace(x=_standardised(block.x))
    return Encoded(_standardised(np.unique(values, return_inverse=True)[1]), (name,))


def is_text(kind: Any) -> bool:
    """Is the Arrow type one of text?"""
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def one_hot(name: str, values: npt.NDArray[Any]) -> Encoded:
    """One column `name=value` per value, in sorted order; raises UserError for too many values."""
    categories, codes = np.unique(values, return_inverse=True)
    if len(categories) > MAX_CATEGORIES:
        raise UserError(
            f"column {name}: expected at most {MAX_CATEGORIES:,} different values of a text, got {len(categories):,}; "
            "leave it out of the features, or group its values"
        )
    block = (codes[:, None] == np.arange(len(categories))).astype(np.float32)
    return Encoded(block, tuple(f"{name}={category}" for category in categories))


def _standardised(values: npt.NDArray[Any]) -> Floats:
    """Columns (n,) or (n, k) as (n, k) with mean 0 and standard deviation 1."""
    column: Floats = values.astype(np.float64).reshape(len(values), -1)
    return (column - column.mean(axis=0)) / column.std(axis=0)


def read_small_numbers(path: Path, columns: int) -> npt.NDArray[np.uint8]:
    """Numbers 0 to 255 (n, columns) of a CSV file without a header; raises UserError for any other content."""
    names = [str(i) for i in range(columns)]
    read = pyarrow.csv.ReadOptions(column_names=names, block_size=CSV_BLOCK)
    convert = pyarrow.csv.ConvertOptions(column_types=dict.fromkeys(names, pa.uint8()))
    try:
        with pyarrow.csv.open_csv(path, read_options=read, convert_options=convert) as reader:
            return np.concatenate([_block(batch) for batch in reader])
    except (pa.ArrowException, OSError) as error:
        raise UserError(f"{path}: expected {columns} numbers from 0 to 255 a line, got {error}") from None


def _block(batch: pa.RecordBatch) -> npt.NDArray[np.uint8]:
    return np.stack([column.to_numpy() for column in batch.columns], axis=1)


def from_one(labels: npt.NDArray[np.uint8], classes: int, path: Path) -> Ints:
    """Labels 0..C-1 from a file's labels 1..C; raises UserError for other labels."""
    if labels.min() < 1 or labels.max() > classes:
        raise UserError(f"{path}: expected labels from 1 to {classes}, got {labels.min()} to {labels.max()}")
    return labels.astype(np.int64) - 1
