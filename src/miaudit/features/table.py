"""Form `table`: rows of a pandas, polars or pyarrow table whose columns are not all plain numbers."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self

import narwhals.stable.v2 as nw
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from miaudit.errors import UserError
from miaudit.features._arrow import from_bytes, in_own_types, taken, to_bytes, without_release
from miaudit.features._codes import code_column, joined, plain_text
from miaudit.features.base import AnyArray, Coded, Features, Packed, digest
from miaudit.messages import listed, shortened

OBJECT = "object"  # pandas' type of columns that may hold anything
DIGITS = 5  # significant ones, to which numbers of nearly equal records agree


@dataclass(frozen=True, eq=False)
class Table(Features):
    """A table of the library that the user's one is of, with the same columns and types.

    Arrow knows one kind of missing value, columns of pandas' type `object` three: None, NaN and NA. Which one it was
    is kept in a column of its own, behind those of the user.
    """

    form: ClassVar[str] = "table"

    table: pa.Table  # the user's columns, then one of marks for each of `marked`
    library: str  # pandas, polars or pyarrow
    types: tuple[str, ...] = ()  # of pandas' columns
    marked: tuple[int, ...] = ()  # places of columns of type object

    @classmethod
    def holds(cls, given: Any) -> bool:
        """Is it a table at all?"""
        return bool(nw.dependencies.is_into_dataframe(given))

    @classmethod
    def accepts(cls, given: Any, records: int) -> bool:
        """Is it a table with a column that is no plain number: text, dates, categories, missing whole numbers?"""
        del records
        return cls.holds(given) and not all(_is_plain(column) for column in nw.from_native(given).iter_columns())

    @classmethod
    def of(cls, name: str, given: Any, dtype: type) -> Self:
        """Take over the columns; raises UserError where one holds values that no Arrow table can."""
        del dtype
        frame = nw.from_native(given)
        library = _library(frame.implementation)
        if len(set(frame.columns)) < len(frame.columns):
            raise UserError(f"{name}: expected every column once, got {listed(map(str, frame.columns))}")
        try:
            table = _from_pandas(given) if library == "pandas" else frame.to_arrow()
        except (pa.ArrowException, TypeError, ValueError) as error:
            raise UserError(f"{name}: a column holds values of several types: {error}") from None
        _check_flat(name, table)
        if library != "pandas":
            return cls(without_release(table), library)
        types = tuple(str(kind) for kind in given.dtypes)
        marked = tuple(place for place, kind in enumerate(types) if kind == OBJECT)
        for place in marked:
            table = table.append_column(f"missing {place}", pa.array(_marks(given.iloc[:, place])))
        return cls(without_release(table), library, types, marked)

    @classmethod
    def joined(cls, parts: dict[str, Self]) -> Self:
        """All rows; whole numbers become floating-point ones where another part lacks some of them."""
        first = next(iter(parts.values()))
        tables = [part.table for part in parts.values()]
        if any(table.column_names != tables[0].column_names for table in tables):
            came = "; ".join(f"{name} {listed(part.names)}" for name, part in parts.items())
            raise UserError(f"all records must have the same columns of the same types, got {came}")
        try:
            table = pa.concat_tables(tables, promote_options="permissive").unify_dictionaries().combine_chunks()
        except pa.ArrowException as error:
            raise UserError(f"all records must have the same columns of the same types: {error}") from None
        alike = [
            kinds[0] if len(set(kinds)) == 1 else "" for kinds in zip(*(p.types for p in parts.values()), strict=True)
        ]
        return replace(first, table=table, types=tuple(alike))

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the user's columns."""
        return tuple(self.table.column_names[: self.table.num_columns - len(self.marked)])

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape (n, columns) of the table."""
        return (self.table.num_rows, len(self.names))

    def __getitem__(self, rows: Any) -> Self:
        return replace(self, table=taken(self.table, rows))

    @property
    def native(self) -> Any:
        """A table of the user's library."""
        own = self.table.select(list(range(len(self.names))))
        if self.library != "pandas":
            return nw.from_arrow(own, backend="polars" if self.library == "polars" else "pyarrow").to_native()
        frame = own.to_pandas()
        for place, kind in enumerate(self.types):
            if kind and str(frame.dtypes.iloc[place]) != kind:
                frame.isetitem(place, frame.iloc[:, place].astype(kind))
        for mark, place in enumerate(self.marked):
            frame.isetitem(place, _with_marks(frame.iloc[:, place], self.table.column(len(self.names) + mark)))
        return frame

    def packed(self) -> Packed:
        """The bytes of an Arrow file."""
        facts = {"library": self.library, "types": list(self.types), "marked": list(self.marked)}
        return Packed(self.form, {"table": to_bytes(taken(self.table, slice(None)))}, facts)

    @classmethod
    def unpacked(cls, packed: Packed) -> Self:
        """The table in these bytes."""
        facts = packed.facts
        table = from_bytes(packed.arrays["table"])
        return cls(table, facts["library"], tuple(facts["types"]), tuple(facts["marked"]))

    def coded(self) -> Coded:
        """Each column as numbers."""
        parts = [code_column(name, self.table.column(place)) for place, name in enumerate(self.names)]
        return joined(parts, len(self))

    def digests(self) -> list[bytes]:
        """Names of the rows' values; missing values equal each other."""
        return self._named(repr)

    def as_json(self) -> list[dict[str, Any]]:
        """An object for each row, with the names of the columns; missing values are null, dates are in ISO's form."""
        own = self.table.select(list(range(len(self.names))))
        return [{name: _plain(value) for name, value in row.items()} for row in own.to_pylist()]

    def alike(self) -> list[bytes]:
        """Names that rows share whose texts differ in case, blanks or punctuation, and numbers after 5 digits."""
        return self._named(_rounded)

    def _named(self, written: Callable[[Any], str]) -> list[bytes]:
        columns = [_hashed(self.table.column(place), written) for place in range(len(self.names))]
        return [digest(row.tobytes()) for row in np.column_stack(columns)]


def _library(implementation: Any) -> str:
    if implementation.is_pandas_like():
        return "pandas"
    return "polars" if implementation.is_polars() else "pyarrow"


def _plain(value: Any) -> Any:
    """A cell as JSON can carry it."""
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, float):
        return value if np.isfinite(value) else None
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _is_plain(column: Any) -> bool:
    """Does NumPy read the column as plain numbers?"""
    if not (column.dtype.is_numeric() or column.dtype == nw.Boolean):
        return False
    if not column.null_count():
        return True
    own = not column.implementation.is_pandas_like() or isinstance(column.to_native().dtype, np.dtype)
    return bool(column.dtype.is_float() and own)


def _from_pandas(frame: Any) -> pa.Table:
    return pa.Table.from_pandas(frame.reset_index(drop=True), preserve_index=False)


def _check_flat(name: str, table: pa.Table) -> None:
    nested = [field.name for field in table.schema if pa.types.is_nested(field.type)]
    if nested:
        raise UserError(
            f"{name}: expected one value in each cell, got lists in {listed(map(shortened, nested))}; give arrays of "
            "numbers as several inputs, {'name': array (n, ...)}"
        )


def _marks(column: Any) -> AnyArray:
    """(n,) which kind of missing value stands in each cell: 0 for none, 1 None, 2 NaN, 3 pandas' NA."""
    return np.array([_mark(value) for value in column.array], dtype=np.int8)


def _mark(value: Any) -> int:
    if value is None:
        return 1
    if isinstance(value, float) and value != value:
        return 2
    return 3 if type(value).__name__ == "NAType" else 0


def _with_marks(column: Any, marks: Any) -> Any:
    import pandas as pd

    values = column.astype(object)
    for mark, missing in ((1, None), (2, np.nan), (3, pd.NA)):
        rows = np.flatnonzero(marks.to_numpy() == mark)
        if len(rows):
            values.array[rows] = missing
    return values


def _hashed(column: Any, written: Callable[[Any], str]) -> AnyArray:
    """(n,) eight bytes for each cell; equal cells have equal ones."""
    encoded = in_own_types(column).combine_chunks().dictionary_encode("encode")
    values = encoded.dictionary.to_pylist()
    hashes = [hashlib.blake2b(written(value).encode(), digest_size=8).digest() for value in values]
    of_value = np.frombuffer(b"".join(hashes), dtype=np.uint64)
    return of_value[pc.cast(encoded.indices, pa.int64()).to_numpy()]


def _rounded(value: Any) -> str:
    if isinstance(value, str):
        return plain_text(value)
    return f"{value + 0.0:.{DIGITS}g}" if isinstance(value, float) else repr(value)
