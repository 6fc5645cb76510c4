"""Finds the column of a file that names the records, which is no feature."""

from dataclasses import dataclass
from typing import Any, NamedTuple

import narwhals.stable.v2 as nw
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from miaudit.errors import UserError
from miaudit.messages import did_you_mean, shortened
from miaudit.reading.columns import Columns
from miaudit.reading.typed import typed
from miaudit.records.names import Index

WRITTEN = ("", "Unnamed: 0", "...1")  # what R and pandas call a column of row names, on which no model is trained
USUAL = ("id", "ids", "index", "uid", "uuid", "guid", "rowid")  # names of ids, besides those that end with `_id`


class RowNames(NamedTuple):
    """Names of the records of a file, where it has some."""

    columns: tuple[str, ...] = ()  # that hold them, and are no features
    values: Index | None = None  # (n,)


@dataclass(frozen=True, eq=False)
class NamedLabels:
    """Labels (n, ...) with the names (n,) of their records, as a Series of pandas has both."""

    values: npt.NDArray[Any]
    index: Index

    def __len__(self) -> int:
        return len(self.values)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> npt.NDArray[Any]:
        """The labels alone."""
        return np.array(self.values, dtype=dtype, copy=copy)


def row_names(table: Columns, ids: str | None) -> RowNames:
    """The names of the records in a table.

    Args:
        table: the file.
        ids: the column that the user names; empty or None for that of the program which wrote the file, if any.

    Raises:
        UserError: there is no such column, or its cells are not all filled in and different.
    """
    written = next((name for name in table.names if name in WRITTEN), None)
    beside = () if written is None else (written,)
    if not ids:
        return RowNames(beside, None if written is None else table.texts(written))
    if ids not in table.names:
        raise UserError(f"there is no column {shortened(ids)} of ids: {did_you_mean(ids, table.names)}")
    if blank := table.blanks(ids):
        raise UserError(f"column {ids}: expected an id in every row, got {blank:,} empty cells")
    return RowNames((*beside, ids), checked_ids(ids, _as_written(table, ids)))


def checked_ids(name: str, values: npt.NDArray[Any]) -> Index:
    """The ids (n,) in a column or array of this name; raises UserError where two records share one."""
    if values.ndim != 1:
        raise UserError(f"{name}: expected one id for each record, got shape {values.shape}")
    unique, counts = np.unique(values, return_counts=True)
    if len(unique) < len(values):
        twice = unique.tolist()[np.argmax(counts > 1)]
        raise UserError(
            f"column {name}: expected an id of its own for every record, got {shortened(twice)} "
            f"{counts.max():,} times; remove repeated records, or name another column"
        )
    return values


def check_ids_are_named(x: Any, trained: tuple[str, ...]) -> None:
    """Raise UserError where a column of a file seems to name the records, and the model would get it as a feature.

    Args:
        x: the features in a file, all its columns but the label; only tables are looked at.
        trained: names of the columns that the model was trained on; none where it has kept none.
    """
    if trained or not nw.dependencies.is_into_dataframe(x):
        return
    frame = nw.from_native(x)
    found = next((name for name in frame.columns if _is_usual(str(name)) and _tells_apart(frame[name])), None)
    if found is not None:
        raise UserError(
            f"column {found} seems to name the records, and the model does not say on which columns it was trained: "
            f"name it by --ids {found} (`ids: {found}` in a configuration), so that it is no feature; if the model "
            "does read it, write --ids '' (`ids: ''`). In Python, read the file yourself and give (x, y), with the "
            f"names as the index: x.set_index({found!r})"
        )


def _is_usual(name: str) -> bool:
    plain = name.strip().lower().replace(" ", "_").replace("-", "_")
    return plain in USUAL or plain.endswith("_id")


def _tells_apart(column: Any) -> bool:
    """Are the cells whole numbers or text, all of them different?"""
    return bool(column.dtype.is_integer() or column.dtype == nw.String) and column.n_unique() == len(column)


def _as_written(table: Columns, ids: str) -> Index:
    """The ids as whole numbers, or as texts where these say more: 007 is not 7."""
    cells, texts = typed(table, ids), table.texts(ids)
    if not pa.types.is_integer(cells.type):
        return texts
    numbers = cells.to_numpy()
    return numbers if numbers.astype(str).tolist() == texts.tolist() else texts


def check_apart(ids: str | None, labels: list[str]) -> None:
    """Raise UserError where the column of ids is a label as well."""
    if ids and ids in labels:
        raise UserError(
            f"column {ids}: expected a column of ids and another one of labels, got one for both: name the label by "
            "--label (`label` in a configuration)"
        )
