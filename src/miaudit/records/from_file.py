"""Reads the records of one kind, such as the members, from a file."""

from pathlib import Path
from typing import Any

import numpy as np

from miaudit.errors import UserError
from miaudit.messages import did_you_mean, listed, shortened
from miaudit.reading.columns import Columns
from miaudit.reading.path import about
from miaudit.reading.table_file import read_table

WHAT = "a table of records"
LABELS = ("label", "labels", "y", "target", "class", "outcome", "diagnosis")  # usual names of the column


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


def label_column(names: list[str], label: str | None = None) -> str:
    """The column of the true class; raises UserError where it is not there, or several or none have a usual name.

    >>> label_column(["age", "Class"])
    'Class'
    """
    if label is not None:
        if label not in names:
            raise UserError(f"there is no column {shortened(label)} of labels: {did_you_mean(label, names)}")
        return label
    found = label_candidates(names)
    if len(found) == 1:
        return found[0]
    came = f"{listed(found)}, which could each be it" if found else f"the columns {listed(names)}"
    raise UserError(f"expected a column of the true class, got {came}: name it by --label (`label` in a configuration)")


def label_candidates(names: list[str]) -> list[str]:
    """The columns that are called as the true class usually is."""
    return [name for name in names if name.strip().lower() in LABELS]


def _filled(table: Columns, name: str) -> Any:
    if blank := table.blanks(name):
        raise UserError(f"column {name}: expected a number in every row, got {blank:,} empty cells")
    return table.numbers(name)
