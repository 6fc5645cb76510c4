"""Reads the records of one kind, such as the members, from a file."""

from pathlib import Path
from typing import Any

import numpy as np

from miaudit.errors import UserError
from miaudit.messages import shortened
from miaudit.reading.columns import Columns
from miaudit.reading.path import about
from miaudit.reading.table_file import read_table
from miaudit.records.label_column import label_column

WHAT = "a table of records"


def records_from_file(path: Path, label: str | None) -> tuple[Any, Any]:
    """Features x (n, p) and labels y (n,) of a table; its columns other than the label are the features.

    Args:
        path: of the table.
        label: column of the true class; None for the only one with a usual name.

    Raises:
        UserError: the file cannot be read, the label is not found, or a column holds no numbers.
    """
    table = read_table(path, WHAT)
    with about(path):
        label = label_column(table.names, label)
        features = [name for name in table.names if name != label]
        if not features:
            raise UserError(f"expected columns of features beside the label {shortened(label)}, got none")
        return np.stack([_filled(table, name) for name in features], axis=1), table.whole(label)


def _filled(table: Columns, name: str) -> Any:
    if blank := table.blanks(name):
        raise UserError(f"column {name}: expected a number in every row, got {blank:,} empty cells")
    return table.numbers(name)
