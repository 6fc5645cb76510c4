"""Data set `user_file`: the user's own records, in a CSV, Parquet or NPZ file."""

from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass

from miaudit.arrays import Floats, Ids, Ints
from miaudit.datasets._table import WHAT, encode, read_table
from miaudit.datasets.base import About, Dataset
from miaudit.errors import UserError
from miaudit.memory import check_memory
from miaudit.messages import did_you_mean, listed, shortened
from miaudit.reading.columns import Columns
from miaudit.reading.path import MOST_BYTES, about, check_file

TABLES = (".csv", ".parquet")


@dataclass(frozen=True, kw_only=True, config=ConfigDict(extra="forbid"))
class UserFile:
    """Records of a CSV, Parquet or NPZ file; nothing in it is unpickled.

    Numbers stay as they are, text becomes one column per value, booleans 0 and 1. Labels may be of any type: they
    become 0..C-1 in sorted order. In an NPZ file, the names are those of arrays, x (n, ...) and y (n,).
    """

    about: ClassVar[About] = About(
        records=None,
        classes=None,
        shape=None,
        megabytes=0,
        licence="yours",
        source="your CSV, Parquet or NPZ file",
        get="name your file: `path`",
    )
    path: Path = Field(description="the file: .csv, .parquet or .npz")
    label: str | None = Field(
        default=None, description="column of the class; `label`, in an NPZ file `y`, if not given"
    )
    features: tuple[str, ...] | None = Field(
        default=None, description="columns of the features; all others, in an NPZ file `x`, if not given"
    )
    id: str | None = Field(default=None, description="column of whole numbers or text that tell the records apart")

    def load(self) -> Dataset:
        """Read the records; raises UserError where the file is missing, of another kind, or has missing values."""
        suffix = self.path.suffix.lower()
        if suffix not in (*TABLES, ".npz"):
            raise UserError(f"{self.path}: expected a file .csv, .parquet or .npz, got {suffix or 'no suffix'}")
        check_file(self.path, WHAT, MOST_BYTES)
        table = read_table(self.path) if suffix in TABLES else None
        with about(self.path):
            return self._from_npz() if table is None else self._from_table(table)

    def _from_table(self, table: Columns) -> Dataset:
        if not table.rows:
            raise UserError("expected records, got a table without rows")
        label = "label" if self.label is None else self.label
        reserved = [name for name in (label, self.id) if name is not None]
        features = [name for name in table.names if name not in reserved]
        features = features if self.features is None else list(self.features)
        for name in (*reserved, *features):
            _check_present("column", name, table.names)
        if set(features) & set(reserved) or not features:
            raise UserError(f"expected features other than {' and '.join(reserved)}, got {listed(features)}")
        _check_complete({name: table.blanks(name) for name in (*reserved, *features)})
        x, names = encode(table, features)
        ids = None if self.id is None else table.cells(self.id).to_numpy()
        return self._dataset(x, table.cells(label).to_numpy(), ids, names)

    def _from_npz(self) -> Dataset:
        features = ("x",) if self.features is None else self.features
        if len(features) != 1:
            raise UserError(f"expected one array with the features, got {len(features)}: {', '.join(features)}")
        names = {"features": features[0], "label": "y" if self.label is None else self.label}
        names |= {} if self.id is None else {"id": self.id}
        arrays = _read_npz(self.path, names)
        x = arrays["features"]
        if x.dtype.kind not in "fiub" or x.ndim < 2 or not len(x):
            raise UserError(
                f"{names['features']}: expected numbers of shape (n, ...), got {x.dtype} of shape {x.shape}"
            )
        with np.errstate(over="ignore"):  # values beyond single precision become infinite, and are refused below
            return self._dataset(x.astype(np.float32), arrays["label"], arrays.get("id"), ())

    def _dataset(
        self, x: Floats, labels: npt.NDArray[Any], ids: npt.NDArray[Any] | None, feature_names: tuple[str, ...]
    ) -> Dataset:
        if not np.isfinite(x).all():
            raise UserError(
                f"expected finite features of single precision, got {(~np.isfinite(x)).sum():,} values that are not; "
                "fill in or remove these records"
            )
        y, class_names = _classes(labels, len(x))
        names = None if ids is None else _ids(ids, len(x))
        return Dataset(
            name=self.path.stem,
            x=x,
            y=y,
            classes=len(class_names),
            ids=None if names is None or names.dtype.kind != "i" else names.astype(np.int64),
            names=names,
            class_names=class_names,
            feature_names=feature_names,
        )


def _classes(labels: npt.NDArray[Any], n: int) -> tuple[Ints, tuple[str, ...]]:
    """The classes (n,), numbered from 0, and the original label of each."""
    if labels.shape != (n,):
        raise UserError(f"expected one label for each of {n:,} records, got labels of shape {labels.shape}")
    if labels.dtype.kind == "f" and not np.isfinite(labels).all():
        raise UserError(f"expected a label for every record, got {(~np.isfinite(labels)).sum():,} that are not finite")
    names, y = np.unique(labels, return_inverse=True)
    if len(names) < 2 or len(names) > max(2, n // 2):
        raise UserError(
            f"expected at least two classes, and two records for each on average; "
            f"got {len(names):,} different labels for {n:,} records"
        )
    return y.astype(np.int64), tuple(str(name) for name in names)


def _ids(ids: npt.NDArray[Any], n: int) -> Ids:
    is_text = ids.dtype.kind == "U" or (ids.dtype.kind == "O" and all(isinstance(one, str) for one in ids.flat))
    if (ids.dtype.kind not in "iu" and not is_text) or ids.dtype == np.uint64 or ids.shape != (n,):
        raise UserError(
            f"expected ids that are whole numbers or text of shape ({n},), got {ids.dtype} of shape {ids.shape}"
        )
    repeated = n - len(np.unique(ids))
    if repeated:
        raise UserError(f"expected a different id for every record, got {repeated:,} repeated ones")
    return ids.astype(np.str_) if is_text else ids.astype(np.int64)


def _read_npz(path: Path, names: dict[str, str]) -> dict[str, npt.NDArray[Any]]:
    try:
        with path.open("rb") as opened:
            file = np.load(opened, allow_pickle=False)
            if not isinstance(file, np.lib.npyio.NpzFile):
                raise UserError("expected an NPZ file with arrays by name, got a single array; write it by numpy.savez")
            for name in names.values():
                _check_present("array", name, list(file.files))
                _check_size(file, name)
            return {role: file[name] for role, name in names.items()}
    except UserError:
        raise
    except Exception as error:  # zipfile and NumPy raise much on damaged files: BadZipFile, zlib.error, TypeError, ...
        raise UserError(
            f"expected an NPZ file with arrays of numbers or text, got content that cannot be read: {error}"
        ) from None


def _check_size(file: np.lib.npyio.NpzFile, name: str) -> None:
    """Raise UserError where an array would not fit into memory once it is unpacked."""
    archive = file.zip
    if archive is None:
        raise ValueError("the file is closed")
    check_memory(archive.getinfo(f"{name}.npy").file_size, f"the array {shortened(name)}", "write fewer records")


def _check_present(kind: str, name: str, present: list[str]) -> None:
    if name not in present:
        raise UserError(f"there is no {kind} {shortened(name)}: {did_you_mean(name, present)}")


def _check_complete(missing: dict[str, int]) -> None:
    found = {name: count for name, count in missing.items() if count}
    if found:
        counts = listed(f"{name} {count:,}" for name, count in found.items())
        raise UserError(
            f"expected a value in every cell, got missing ones ({counts}); fill them in or remove the records"
        )
