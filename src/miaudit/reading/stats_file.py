"""Data files of Stata, SPSS and SAS, with the words that they keep for numbers (value labels)."""

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from miaudit.errors import UserError
from miaudit.memory import check_memory
from miaudit.reading.columns import Columns, columns_of
from miaudit.reading.extras import extra
from miaudit.reading.path import MOST_BYTES, check_file

TIMES = 10  # memory that the columns may take, as a multiple of the possibly compressed file's size
READERS = {  # suffix -> pyreadstat's function
    ".dta": "read_dta",
    ".sav": "read_sav",
    ".zsav": "read_sav",
    ".por": "read_por",
    ".sas7bdat": "read_sas7bdat",
    ".xpt": "read_xport",
}


def read_stats(path: Path, what: str) -> Columns:
    """The columns of a file of Stata, SPSS or SAS; where a column has value labels, these stand for its numbers.

    Raises:
        UserError: pyreadstat is not installed, there is no such file, or it is damaged.
    """
    check_file(path, what, MOST_BYTES)
    check_memory(TIMES * path.stat().st_size, str(path), "write fewer rows or columns, or a CSV file")
    pyreadstat = extra("pyreadstat", "stats", path)
    try:
        read = getattr(pyreadstat, READERS[path.suffix.lower()])
        columns, about = read(str(path), output_format="dict")
        labels: dict[str, dict[Any, str]] = about.variable_value_labels
        arrays = {name: _array(values, labels.get(name, {})) for name, values in columns.items()}
        return columns_of(pa.table(arrays))
    except UserError as error:
        raise UserError(f"cannot read {path}: expected {what}; {error}") from None
    except Exception as error:  # pyreadstat raises its own errors, UnicodeDecodeError, MemoryError, ...
        raise UserError(
            f"cannot read {path}: expected {what}, a data file of Stata, SPSS or SAS, got content that cannot be "
            f"read as one: {error}"
        ) from None


def _array(values: Any, labels: dict[Any, str]) -> pa.Array:
    """A column with labels in the place of numbers; a number without a label becomes its own text."""
    column = np.asarray(values)
    if labels:
        return pa.array([labels.get(value, _text(value)) for value in column.tolist()], pa.string())
    if column.dtype.kind in "iufb":
        return pa.array(column)
    return pa.array([_text(value) for value in column.tolist()], pa.string())


def _text(value: Any) -> str | None:
    return None if value is None or value != value or value == "" else str(value)
