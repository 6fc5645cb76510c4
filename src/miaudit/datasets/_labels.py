"""Turns the labels of a file into classes; refuses any other label, since a wrong one would go unnoticed."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from miaudit.arrays import Ints
from miaudit.errors import UserError

SHOWN = 5  # most values shown that are no classes


def label_column(name: str, table: pa.Table, candidates: Sequence[str]) -> str:
    """The last column with one of these names, in any case; raises UserError where there is none."""
    found = [column for column in table.column_names if column.lower() in candidates]
    if not found:
        raise UserError(f"{name}: expected a column {' or '.join(candidates)}, got {', '.join(table.column_names)}")
    return str(found[-1])


def text_labels(name: str, column: pa.ChunkedArray, classes: Sequence[str]) -> Ints:
    """Positions among the classes of values (n,) as text, without blanks around them and a full stop at their end.

    Raises:
        UserError: a value is none of the classes, or missing; the column is of another kind.
    """
    expected = f"{name}: expected labels {' or '.join(classes)}"
    try:
        texts = pc.utf8_rtrim(pc.utf8_trim_whitespace(column.cast(pa.string())), ".")
    except pa.ArrowException:
        raise UserError(f"{expected}, got a column of {column.type}") from None
    places = pc.index_in(texts, pa.array(classes))
    if places.null_count:
        others = [str(value) for value in pc.unique(texts.filter(pc.is_null(places))).to_pylist()]
        raise UserError(f"{expected}, got {', '.join(others[:SHOWN])}")
    return np.asarray(places.to_numpy()).astype(np.int64)


def check_labels(name: str, y: Ints, classes: int) -> None:
    """Raise UserError unless all labels (n,) are classes 0..C-1, and there are some."""
    if len(y) == 0 or y.min() < 0 or y.max() >= classes:
        raise UserError(f"{name}: expected labels from 0 to {classes - 1}, got {sorted(set(y.tolist()))[:SHOWN]} ...")
