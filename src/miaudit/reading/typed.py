"""The types of a table's cells, where a text file does not tell them."""

from contextlib import suppress
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from miaudit.errors import UserError
from miaudit.messages import shortened
from miaudit.reading.columns import Columns, is_number

TRUTH = ("True", "False", "TRUE", "FALSE", "true", "false")
NUMERIC = 0.9  # of a column's cells: where so many are numbers, the others are no categories


def typed(table: Columns, name: str) -> Any:
    """The Arrow array (n,) of a column.

    Text of a CSV file becomes whole numbers, numbers or truth values where all its cells hold such.

    Raises:
        UserError: nearly all cells hold numbers, and the others hold text.
    """
    cells = table.cells(name)
    if not (table.untyped and table.is_text(name)):
        return cells
    trimmed = pc.utf8_trim_whitespace(cells)
    trimmed = pc.if_else(pc.equal(trimmed, ""), None, trimmed)
    as_written = trimmed if table.decimal == "." else pc.replace_substring(trimmed, table.decimal, ".")
    for kind in (pa.int64(), pa.float64()):
        with suppress(pa.ArrowException):
            return as_written.cast(kind)
    if pc.all(pc.is_in(trimmed.drop_null(), pa.array(TRUTH))).as_py():
        return pc.equal(pc.utf8_lower(trimmed), "true")
    _check_no_numbers(name, as_written)
    return trimmed


def _check_no_numbers(name: str, column: Any) -> None:
    """Raise UserError where text such as `?` stands in a column of numbers, which would make each number a category."""
    counts = {pair["values"]: pair["counts"] for pair in pc.value_counts(column.drop_null()).to_pylist()}
    words = {text: count for text, count in counts.items() if not is_number(text)}
    if sum(words.values()) <= (1 - NUMERIC) * len(column):
        raise UserError(
            f"column {name}: expected numbers, as nearly all rows have them, got {shortened(next(iter(words)))} "
            f"({sum(words.values()):,} of {len(column):,} rows are not numbers); leave these cells empty, or remove "
            "the records"
        )
