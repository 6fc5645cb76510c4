"""Reads the records of one kind, such as the members, from a file or a folder."""

from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from miaudit.errors import UserError
from miaudit.messages import did_you_mean, listed, shortened
from miaudit.reading.columns import Columns
from miaudit.reading.numpy_file import read_arrays
from miaudit.reading.path import about
from miaudit.reading.suffixes import NUMPY
from miaudit.reading.table_file import read_table
from miaudit.reading.typed import typed
from miaudit.records.label_column import label_column, truth_columns
from miaudit.records.row_names import NamedLabels, RowNames, check_apart, checked_ids, row_names

WHAT = "a table of records"
ARRAYS = "records as arrays x and y"
FEATURES = ("x", "features", "inputs", "data", "images")  # usual names of an array


def records_from_file(path: Path, label: str | None, ids: str | None = None) -> Any:
    """Records as `miaudit.audit` takes them: a pair of features and labels (n,), or the path of a folder.

    The columns of a table other than the label and the ids are the features: a DataFrame where pandas is installed,
    otherwise a table of Arrow; a single column of text is a list of texts.

    Args:
        path: a table in any usual format; an NPZ file with arrays x (n, ...) and y (n,); or a folder of images.
        label: column or array of the true class; None for the only one with a usual name.
        ids: column or array of the records' names, which become the index; empty or None for none.

    Raises:
        UserError: the file cannot be read, or label, ids or features are not found.
    """
    if path.is_dir():
        if ids:
            raise UserError(
                f"{path}: expected a file with a column {shortened(ids)} of ids, got a folder: leave it out"
            )
        return path
    if path.suffix.lower() in NUMPY:
        arrays = _arrays(path)
        with about(path):
            truth = label_column(list(arrays), label)
            check_apart(ids, [truth])
            return _of_arrays(arrays, truth, ids)
    table = read_table(path, WHAT)
    with about(path):
        truth, names = label_column(table.names, label), row_names(table, ids)
        check_apart(ids, [truth])
        return _features(table, [truth], names), _named(_labels(table, truth), names)


def records_with_truth(path: Path, label: str | None, ids: str | None = None) -> tuple[Any, Any]:
    """Records of a model that is no classifier: features and the truth (n,) or (n, k), or features and None.

    Args:
        path: a table in any usual format, or an NPZ file with arrays x (n, ...) and y (n, ...).
        label: column or array of the truth, or several columns with commas; None for the only one with a usual name.
        ids: column or array of the records' names; empty or None for none.

    Raises:
        UserError: the file cannot be read, or the truth, ids or features are not found.
    """
    if path.is_dir():
        raise UserError(f"{path}: with a `signal`, expected a table of records or an NPZ file, got a folder")
    if path.suffix.lower() in NUMPY:
        arrays = _arrays(path)
        with about(path):
            truths = truth_columns(list(arrays), label)
            check_apart(ids, truths)
            return _of_arrays(arrays, next(iter(truths), None), ids)
    table = read_table(path, WHAT)
    with about(path):
        truths, names = truth_columns(table.names, label), row_names(table, ids)
        check_apart(ids, truths)
        columns = [_truth(table, name) for name in truths]
        x = _features(table, truths, names)
        if not columns:
            return x, None
        return x, _named(columns[0] if len(columns) == 1 else np.stack(columns, 1), names)


def _labels(table: Columns, label: str) -> Any:
    if blank := table.blanks(label):
        raise UserError(f"column {label}: expected a label in every row, got {blank:,} empty cells")
    return typed(table, label).to_numpy()


def _truth(table: Columns, name: str) -> Any:
    """The truth (n,): numbers, truth values or texts."""
    values = _labels(table, name)
    return values.astype(str) if values.dtype == object else values


def _named(labels: Any, names: RowNames) -> Any:
    """The labels, with the names of the records where there are some."""
    return labels if names.values is None else NamedLabels(labels, names.values)


def _features(table: Columns, labels: list[str], names: RowNames) -> Any:
    """All columns except the labels and the names of rows."""
    features = {name: typed(table, name) for name in table.names if name not in (*labels, *names.columns)}
    if not features:
        raise UserError(f"expected columns of features beside the label {listed(map(shortened, labels))}, got none")
    only = next(iter(features.values()))
    if len(features) == 1 and pa.types.is_string(only.type):
        return only.to_pylist()
    frame: Any = pa.table(features)
    if find_spec("pandas") is not None:
        frame = frame.to_pandas()
        frame = frame if names.values is None else frame.set_index(names.values)
    return frame


def _of_arrays(arrays: dict[str, Any], label: str | None, ids: str | None) -> tuple[Any, Any]:
    if ids and ids not in arrays:
        raise UserError(f"there is no array {shortened(ids)} of ids: {did_you_mean(ids, arrays)}")
    names = RowNames((ids,), checked_ids(ids, arrays[ids])) if ids else RowNames()
    features = _features_of({name: array for name, array in arrays.items() if name not in names.columns}, label)
    return features, None if label is None else _named(arrays[label], names)


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
