"""Source `hub_dataset`: a data set of the library `datasets` (Hugging Face)."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from miaudit.errors import UserError
from miaudit.messages import listed
from miaudit.records.reading import Told
from miaudit.records.sources.base import Source

LABELS = ("label", "labels", "target", "y")
AT_ONCE = 1000  # rows that are read in one go


class HubDataset:
    """Reads the columns, the label among them: texts, images, token ids, or a table of all that."""

    @staticmethod
    def accepts(given: Any) -> bool:
        """Does it have what data sets of that library have?"""
        return all(hasattr(given, name) for name in ("features", "column_names", "num_rows", "with_format"))

    @staticmethod
    def read(name: str, given: Any, progress: Told) -> Source:
        """All rows; raises UserError where no column is called `label`."""
        label = next((column for column in LABELS if column in given.column_names), None)
        if label is None:
            raise UserError(
                f"{name}: expected a column called one of {listed(LABELS)}, got {listed(given.column_names)}; rename "
                "it by rename_column, or give a pair (x, y)"
            )
        columns: dict[str, list[Any]] = {column: [] for column in given.column_names}
        for start in range(0, given.num_rows, AT_ONCE):
            rows = given[start : start + AT_ONCE]
            for column, values in columns.items():
                values += list(rows[column])
            progress(f"reading {name}", min(start + AT_ONCE, given.num_rows), given.num_rows)
        names = tuple(getattr(given.features[label], "names", None) or ())
        return Source(_features(name, {c: v for c, v in columns.items() if c != label}), columns[label], names)


def _features(name: str, columns: dict[str, list[Any]]) -> Any:
    """One column as it is, several arrays as such, and anything else as a table."""
    read = {column: _column(f"{name}, column {column}", values) for column, values in columns.items()}
    if len(read) == 1:
        return next(iter(read.values()))
    arrays = {column: values for column, values in read.items() if isinstance(values, np.ndarray) and values.ndim > 1}
    if len(arrays) == len(read):
        return read
    if arrays:
        raise UserError(
            f"{name}: expected columns of one kind beside the label, got arrays in {listed(arrays)} and single values "
            f"in {listed(column for column in read if column not in arrays)}; select those of the model"
        )
    import pyarrow as pa

    return pa.table({column: pa.array(values) for column, values in columns.items()})


def _column(name: str, values: Sequence[Any]) -> Any:
    """Texts and single values as a list, lists and images as an array (n, ...)."""
    first = values[0] if values else None
    if hasattr(first, "convert") and hasattr(first, "size"):  # an image of Pillow
        return _stacked(name, [_pixels(image) for image in values])
    if isinstance(first, list | tuple | np.ndarray):
        return _stacked(name, [np.asarray(value) for value in values])
    return list(values)


def _pixels(image: Any) -> Any:
    pixels = np.asarray(image.convert("L" if image.mode in ("1", "L") else "RGB"), dtype=np.float32) / 255
    return pixels[None] if pixels.ndim == 2 else np.moveaxis(pixels, 2, 0)


def _stacked(name: str, rows: Sequence[Any]) -> Any:
    shapes = {row.shape for row in rows}
    if len(shapes) > 1:
        raise UserError(
            f"{name}: expected records of one shape, got {listed(map(str, sorted(shapes)[:3]))}; pad or resize them"
        )
    return np.stack(rows)
