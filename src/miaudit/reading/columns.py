"""A table's columns by name, each turned into numbers or text when it is asked for."""

from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from miaudit.arrays import Bools, Floats, Ints
from miaudit.errors import UserError
from miaudit.messages import NAME, cut, shortened

EXACT = 2**53  # beyond, a floating-point number skips whole ones


@dataclass(frozen=True, eq=False)
class Columns:
    """The columns of a file. Blank cells are missing; text of a CSV file is read as numbers where these are wanted."""

    arrays: dict[str, Any]  # pyarrow's chunked arrays, in the order of the file
    rows: int
    decimal: str = "."  # the mark before the decimals of numbers written as text
    told: tuple[str, ...] = ()  # sentences on how the file was read, where that was unusual
    untyped: bool = False  # whether all cells are text, as in a CSV file

    @property
    def names(self) -> list[str]:
        """Names of the columns, in the order of the file."""
        return list(self.arrays)

    def without(self, name: str, why: str) -> "Columns":
        """All but one column; `why` it is left out is noted."""
        kept = {other: array for other, array in self.arrays.items() if other != name}
        return replace(self, arrays=kept, told=(*self.told, why))

    def cells(self, name: str) -> Any:
        """The Arrow array of a column; raises UserError where it holds more than one value per row, or bytes."""
        kind = self.arrays[name].type
        if pa.types.is_nested(kind) or pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
            raise UserError(
                f"column {_named(name)}: expected numbers or text, one value per row, got {_kind(kind)}; write it in "
                "another type, or leave it out"
            )
        return self.arrays[name]

    def blanks(self, name: str) -> int:
        """How many cells of a column are empty."""
        return int(self.arrays[name].null_count)

    def is_text(self, name: str) -> bool:
        """Does the column hold text?"""
        return bool(_is_text(self.arrays[name].type))

    def texts(self, name: str) -> npt.NDArray[Any]:
        """(n,) of str, None where the cell is empty: numbers as they are written, whole ones without decimals."""
        values = self.cells(name).to_pylist()
        return np.array([_written(value) for value in values], dtype=object)

    def numbers(self, name: str) -> Floats:
        """(n,) float64, NaN where the cell is empty; raises UserError where one holds no number."""
        column = self.cells(name)
        kind = column.type
        if _is_text(kind):
            return self._from_text(name)
        if not (pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind)):
            raise UserError(f"column {_named(name)}: expected numbers, got {_kind(kind)}")
        return _as_floats(column)

    def whole(self, name: str) -> Ints:
        """(n,) int64; raises UserError where a cell is empty or holds anything but a whole number."""
        column = self.cells(name)
        if column.null_count:
            raise UserError(
                f"column {_named(name)}: expected a whole number in every row, got {column.null_count:,} blank rows"
            )
        with suppress(pa.ArrowException):  # text such as "1.0", or no number at all
            exact = pc.utf8_trim_whitespace(column) if _is_text(column.type) else column
            return np.asarray(exact.cast(pa.int64()), dtype=np.int64)
        numbers = self.numbers(name)
        with np.errstate(invalid="ignore"):  # infinite numbers are no whole ones
            wrong = (numbers % 1 != 0) | (np.abs(numbers) > EXACT)
        if wrong.any():
            raise UserError(
                f"column {_named(name)}: expected whole numbers up to 2^53, got {numbers[wrong][0]:.17g} in row "
                f"{int(np.argmax(wrong)) + 1:,} ({wrong.sum():,} such rows)"
            )
        return numbers.astype(np.int64)

    def _from_text(self, name: str) -> Floats:
        column = pc.utf8_trim_whitespace(self.cells(name))
        column = column if self.decimal == "." else pc.replace_substring(column, self.decimal, ".")
        column = pc.if_else(pc.equal(column, ""), None, column)
        try:
            return _as_floats(column.cast(pa.float64()))
        except pa.ArrowException:
            row, value = next((i, v) for i, v in enumerate(column.to_pylist()) if v is not None and not is_number(v))
            raise UserError(
                f"column {_named(name)}: expected numbers, got {shortened(value)} in row {row + 1:,}; leave a cell "
                "empty where there is no number"
            ) from None


def columns_of(table: pa.Table, decimal: str = ".", told: tuple[str, ...] = ()) -> Columns:
    """The columns of an Arrow table, categories as their values, without columns that have neither name nor cells.

    Raises:
        UserError: a name is there twice.
    """
    blank = [i for i, name in enumerate(table.column_names) if not name.strip() and _is_blank(table.column(i))]
    table = table.select([i for i in range(table.num_columns) if i not in set(blank)]) if blank else table
    repeated = next((name for name, count in Counter(table.column_names).items() if count > 1), None)
    if repeated is not None:
        raise UserError(
            f"expected every column once, got {shortened(repeated)} {table.column_names.count(repeated)} times"
        )
    arrays = {name: _plain(array) for name, array in zip(table.column_names, table.columns, strict=True)}
    return Columns(arrays, table.num_rows, decimal, told)


def where(columns: Columns, kept: Bools) -> Columns:
    """The same columns with only the rows that are kept."""
    mask = pa.array(kept)
    arrays = {name: array.filter(mask) for name, array in columns.arrays.items()}
    return replace(columns, arrays=arrays, rows=int(kept.sum()))


def is_number(text: str) -> bool:
    """Does the text hold a number as Arrow reads them?"""
    try:
        pa.scalar(text.strip()).cast(pa.float64())
    except pa.ArrowException:
        return False
    return True


def _plain(column: Any) -> Any:
    """Categories as their values, views of text as text, NaN as missing."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        column, kind = column.cast(kind.value_type), kind.value_type
    if pa.types.is_null(kind):  # no cell is filled in
        return column.cast(pa.float64())
    if pa.types.is_string_view(kind):
        return column.cast(pa.string())
    return pc.if_else(pc.is_nan(column), None, column) if pa.types.is_floating(kind) else column


def _is_blank(column: Any) -> bool:
    return bool(column.null_count == len(column))


def _written(value: Any) -> str | None:
    if value is None or value != value:  # NaN is no value either
        return None
    whole = isinstance(value, float) and value.is_integer()
    return str(int(value)) if whole else str(value).strip() or None


def _as_floats(column: Any) -> Floats:
    numbers: Floats = column.cast(pa.float64(), safe=False).to_numpy()
    return numbers


def _is_text(kind: Any) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _named(name: str) -> str:
    return cut(name, NAME) if name.strip() else repr(cut(name, NAME))


def _kind(kind: Any) -> str:
    return cut(str(kind), 100)
