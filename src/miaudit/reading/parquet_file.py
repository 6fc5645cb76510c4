"""Parquet files: whatever Arrow raises on one becomes one message, and what is too large is not unpacked."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from miaudit.errors import UserError
from miaudit.memory import check_memory
from miaudit.reading.columns import Columns, columns_of
from miaudit.reading.path import MOST_BYTES, check_file

CELL = 8  # bytes of a number


def read_parquet(path: Path, what: str) -> Columns:
    """The columns of a Parquet file.

    Raises:
        UserError: there is no such file, it is damaged or encrypted, or it would not fit into memory.
    """
    return columns_of(read_parquet_table(path, what))


def read_parquet_table(path: Path, what: str) -> pa.Table:
    """The content of a Parquet file as an Arrow table, in the file's own types; see `read_parquet`."""
    check_file(path, what, MOST_BYTES)
    try:
        with pq.ParquetFile(path) as file:
            _check_size(path, file.metadata)
            return file.read()
    except UserError:
        raise
    except Exception as error:  # Arrow raises OSError, TypeError, NotImplementedError, ... on damaged files
        raise UserError(
            f"cannot read {path}: expected {what}, a .parquet table, got content that cannot be read as one: {error}"
        ) from None


def _check_size(path: Path, metadata: pq.FileMetaData) -> None:
    check_memory(
        metadata.num_rows * metadata.num_columns * CELL,
        f"{path}, with {metadata.num_rows:,} rows of {metadata.num_columns:,} columns,",
        "write fewer rows or columns",
    )
