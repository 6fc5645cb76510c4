"""Describes records as a small table, all that an attacker has who never queries the model."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from miaudit.arrays import Floats, Ints
from miaudit.datasets.base import Dataset
from miaudit.features.base import Features, Inputs, digests_of

LABEL_COLUMNS = 50  # more classes than this share one column
GRID = 4  # images are also described by the means over the cells of a 4 x 4 grid


@dataclass(frozen=True, eq=False)
class Described:
    """Records as a table of p columns, the label among them.

    Records of every kind (rows of a table, images, texts) are described in this form, and the blind baseline reads
    nothing else.
    """

    values: Floats  # (n, p) float64
    names: tuple[str, ...]  # (p,)
    copies: Ints  # (n,) exact copies, whatever their labels, share a number
    has_records: bool  # False if only the labels were available


def describe_labels(labels: Ints, class_names: tuple[str, ...] = ()) -> Described:
    """Describe records by their labels (n,) alone, where nothing else is available."""
    values, names = _labels(labels, class_names)
    return Described(values, names, np.arange(len(labels)), has_records=False)


def describe_truth(truth: npt.NDArray[Any]) -> Described:
    """Describe records by the truth (n, ...) of a model that is no classifier: numeric columns, or classes (n,)."""
    if truth.dtype.kind in "iufb":
        values = truth.reshape(len(truth), -1).astype(np.float64)
        names = ("label",) if values.shape[1] == 1 else tuple(f"label {k}" for k in range(values.shape[1]))
        return Described(values, names, np.arange(len(truth)), has_records=False)
    classes, codes = np.unique(truth.astype(str), return_inverse=True)
    return describe_labels(codes.reshape(-1).astype(np.int64), tuple(classes.tolist()))


def describe_records(data: Dataset, rows: Ints) -> Described:
    """Describe the records in `rows` (n,) of a data set, with their labels.

    An image becomes statistics of its pixels, because single pixels mean little to trees. Any other array becomes its
    own values, and other features are coded in their own way. For records without values, or with one placeholder for
    all, only the labels remain.
    """
    x = data.x[rows]
    labels = describe_labels(data.y[rows], data.class_names)
    if data.truth is not None:
        labels = describe_truth(data.truth[rows])
    if not data.tells_records_apart:
        return labels
    values, names = x.coded() if isinstance(x, Features) else _numbers(x, data.feature_names)
    return Described(
        values=np.column_stack([values, labels.values]),
        names=(*names, *labels.names),
        copies=_copies(x),
        has_records=True,
    )


def _copies(x: Inputs) -> Ints:
    _, number = np.unique(digests_of(x), return_inverse=True)
    copies: Ints = number.reshape(-1).astype(np.int64)
    return copies


def _labels(y: Ints, class_names: tuple[str, ...]) -> tuple[Floats, tuple[str, ...]]:
    classes = np.unique(y)
    if len(classes) > LABEL_COLUMNS:
        return y[:, None].astype(np.float64), ("label",)
    if len(classes) == 2:  # one column says it all
        classes = classes[1:]
    named = [class_names[c] if c < len(class_names) else str(c) for c in classes.tolist()]
    return (y[:, None] == classes).astype(np.float64), tuple(f"label {name}" for name in named)


def _numbers(x: Floats, feature_names: tuple[str, ...]) -> tuple[Floats, tuple[str, ...]]:
    return _image(x) if _is_image(x) else _columns(x, feature_names)


def _columns(x: Floats, feature_names: tuple[str, ...]) -> tuple[Floats, tuple[str, ...]]:
    values = x.reshape(len(x), -1).astype(np.float64)
    given = len(feature_names) == values.shape[1]
    return values, feature_names if given else tuple(f"feature {column}" for column in range(values.shape[1]))


def _is_image(x: Floats) -> bool:
    return x.ndim == 4 and min(x.shape[2:]) >= GRID


def _image(x: Floats) -> tuple[Floats, tuple[str, ...]]:
    """Per channel: brightness, contrast, extremes, sharpness across and down, and the brightness of each grid cell."""
    named: dict[str, Floats] = {}
    for channel in range(x.shape[1]):
        pixels = x[:, channel].astype(np.float64)
        at = f" of channel {channel}" if x.shape[1] > 1 else ""
        named |= {
            f"mean{at}": pixels.mean(axis=(1, 2)),
            f"contrast{at}": pixels.std(axis=(1, 2)),
            f"minimum{at}": pixels.min(axis=(1, 2)),
            f"maximum{at}": pixels.max(axis=(1, 2)),
            f"change across{at}": np.abs(np.diff(pixels, axis=2)).mean(axis=(1, 2)),
            f"change down{at}": np.abs(np.diff(pixels, axis=1)).mean(axis=(1, 2)),
        }
        for i, band in enumerate(np.array_split(pixels, GRID, axis=1)):
            for j, cell in enumerate(np.array_split(band, GRID, axis=2)):
                named[f"mean of cell {i + 1}, {j + 1}{at}"] = cell.mean(axis=(1, 2))
    return np.column_stack(list(named.values())), tuple(named)
