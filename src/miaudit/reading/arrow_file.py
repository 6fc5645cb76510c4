"""Feather and Arrow IPC files, which pandas, R and polars write."""

from pathlib import Path

import pyarrow as pa
import pyarrow.feather

from miaudit.errors import UserError
from miaudit.memory import check_memory
from miaudit.reading.columns import Columns, columns_of
from miaudit.reading.path import MOST_BYTES, check_file

TIMES = 4  # memory that the columns may take, as a multiple of the compressed file's size


def read_arrow(path: Path, what: str) -> Columns:
    """The columns of a Feather file (version 1 or 2) or an Arrow IPC file or stream.

    Raises:
        UserError: there is no such file, or it is damaged or too large for the memory.
    """
    check_file(path, what, MOST_BYTES)
    check_memory(TIMES * path.stat().st_size, str(path), "write fewer rows or columns")
    try:
        table = _table(path)
        table.validate()
        return columns_of(table)
    except UserError as error:
        raise UserError(f"cannot read {path}: expected {what}, a Feather table; {error}") from None
    except Exception as error:  # Arrow raises OSError, TypeError, MemoryError, ... on damaged files
        raise UserError(
            f"cannot read {path}: expected {what}, a Feather or Arrow table, got content that cannot be read as one: "
            f"{error}"
        ) from None


def _table(path: Path) -> pa.Table:
    with path.open("rb") as file:
        start = file.read(6)
    if start.startswith((b"ARROW1", b"FEA1")):
        return pyarrow.feather.read_table(path, memory_map=False)
    with pa.OSFile(str(path)) as file, pa.ipc.open_stream(file) as stream:
        return stream.read_all()
