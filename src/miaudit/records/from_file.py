"""Reads the records of one kind, such as the members, from a file or a folder."""

from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from miaudit.errors import UserError
from miaudit.messages import listed, shortened
from miaudit.reading.columns import Columns
from miaudit.reading.numpy_file import read_arrays
from miaudit.reading.path import about
from miaudit.reading.suffixes import NUMPY
from miaudit.reading.table_file import read_table
from miaudit.reading.typed import typed
from miaudit.records.label_column import label_column, truth_columns

WHAT = "a table of records"
ARRAYS = "records as arrays x and y"
ROW_NAMES = ("", "Unnamed: 0", "...1")  # what R and pandas call a column of row names, on which no model is trained
FEATURES = ("x", "features", "inputs", "data", "images")  # usual names of an array


def records_from_file(path: Path, label: str | None) -> Any:
    """Records as `miaudit.audit` takes them: a pair of features and labels (n,), or the path of a folder.

    The columns of a table other than the label are the features: a DataFrame where pandas is installed, otherwise a
    table of Arrow; a single column of text is a list of texts.

    Args:
        path: a table in any usual format; an NPZ file with arrays x (n, ...) and y (n,); or a folder of images.
        label: column or array of the true class; None for the only one with a usual name.

    Raises:
        UserError: the file cannot be read, or label or features are not found.
    """
    if path.is_dir():
        return path
    if path.suffix.lower() in NUMPY:
        return _from_arrays(path, label)
    table = read_table(path, WHAT)
    with about(path):
        return _from_table(table, label)


def records_with_truth(path: Path, label: str | None) -> tuple[Any, Any]:
    """Records of a model that is no classifier: features and the truth (n,) or (n, k), or features and None.

    Args:
        path: a table in any usual format, or an NPZ file with arrays x (n, ...) and y (n, ...).
        label: column or array of the truth, or several columns with commas; None for the only one with a usual name.

    Raises:
        UserError: the file cannot be read, or the truth or features are not found.
    """
    if path.is_dir():
        raise UserError(f"{path}: with a `signal`, expected a table of records or an NPZ file, got a folder")
    if path.suffix.lower() in NUMPY:
        arrays = _arrays(path)
        with about(path):
            truth = next(iter(truth_columns(list(arrays), label)), None)
            return _features_of(arrays, truth), None if truth is None else arrays[truth]
    table = read_table(path, WHAT)
    with about(path):
        truths = truth_columns(table.names, label)
        columns = [_truth(table, name) for name in truths]
        return _features(table, truths), None if not columns else columns[0] if len(columns) == 1 else np.stack(
            columns, 1
        )


def _from_table(table: Columns, label: str | None) -> tuple[Any, Any]:
    label = label_column(table.names, label)
    return _features(table, [label]), _labels(table, label)


def _labels(table: Columns, label: str) -> Any:
    if blank := table.blanks(label):
        raise UserError(f"column {label}: expected a label in every row, got {blank:,} empty cells")
    return typed(table, label).to_numpy()


def _truth(table: Columns, name: str) -> Any:
    """The truth (n,): numbers, truth values or texts."""
    values = _labels(table, name)
    return values.astype(str) if values.dtype == object else values


def _features(table: Columns, labels: list[str]) -> Any:
    """All columns except the labels and the names of rows."""
    rows = next((name for name in table.names if name in ROW_NAMES), None)
    features = {name: typed(table, name) for name in table.names if name not in (*labels, rows)}
    if not features:
        raise UserError(f"expected columns of features beside the label {listed(map(shortened, labels))}, got none")
    only = next(iter(features.values()))
    if len(features) == 1 and pa.types.is_string(only.type):
        return only.to_pylist()
    frame: Any = pa.table(features)
    if find_spec("pandas") is not None:
        frame = frame.to_pandas()
        frame = frame if rows is None else frame.set_index(table.texts(rows))
    return frame


def _from_arrays(path: Path, label: str | None) -> tuple[Any, Any]:
    arrays = _arrays(path)
    with about(path):
        label = label_column(list(arrays), label)
        return _features_of(arrays, label), arrays[label]


def _arrays(path: Path) -> dict[str, Any]:
    arrays = read_arrays(path, ARRAYS)
    if path.suffix.lower() == ".npy":
        raise UserError(f"{path}: expected arrays x and y in one file, got a single array: write both by numpy.savez")
    return arrays


def _features_of(arrays: dict[str, Any], label: str | None) -> Any:
    features = [name for name in arrays if name != label]
    usual = [name for name in features if name.lower() in FEATURES]
    chosen = features if len(features) == 1 else usual
    if len(chosen) != 1:
        raise UserError(f"expected an array x of features beside {shortened(label)}, got {listed(features)}")
    return arrays[chosen[0]]
