"""Reads NumPy's arrays (`.npy`, `.npz`) as a table; nothing in them is unpickled."""

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from miaudit.errors import UserError
from miaudit.memory import check_memory
from miaudit.reading.columns import Columns, columns_of
from miaudit.reading.path import MOST_BYTES, check_file

ALONE = "outputs"  # name given to the only array of a .npy file
MOST_COLUMNS = 100_000


def read_numpy(path: Path, what: str) -> Columns:
    """The columns of arrays (n,), (n, C) or (n, 1), which are `name`, or `name[0]`, ..., `name[C-1]`.

    Raises:
        UserError: there is no such file, it is damaged, holds objects, or arrays that are no columns of one table.

    Example:
        >>> read_numpy(Path("predictions.npz"), "predictions").names  # doctest: +SKIP
        ['label', 'probs[0]', 'probs[1]']
    """
    arrays = read_arrays(path, what)
    with _reading(path, what):
        lengths = {name: len(array) for name, array in arrays.items()}
        if len(set(lengths.values())) > 1:
            came = ", ".join(f"{name} {arrays[name].shape}" for name in lengths)
            raise UserError(f"got arrays of different lengths: {came}")
        columns = {name: pa.array(c) for key, array in arrays.items() for name, c in _columns(key, array).items()}
        return columns_of(pa.table(columns))


def read_arrays(path: Path, what: str) -> dict[str, npt.NDArray[Any]]:
    """The arrays of a file by name; the only one of a .npy file is `outputs`.

    Raises:
        UserError: there is no such file, it is damaged, or holds objects.
    """
    check_file(path, what, MOST_BYTES)
    with _reading(path, what):
        return _arrays(path)


@contextmanager
def _reading(path: Path, what: str) -> Iterator[None]:
    try:
        yield
    except UserError as error:
        raise UserError(f"cannot read {path}: expected {what}, arrays of NumPy; {error}") from None
    except Exception as error:  # NumPy raises ValueError, EOFError, KeyError, BadZipFile, ... on damaged files
        raise UserError(
            f"cannot read {path}: expected {what}, arrays of NumPy (.npy or .npz), got content that "
            f"cannot be read as such: {error}"
        ) from None


def _arrays(path: Path) -> dict[str, npt.NDArray[Any]]:
    with path.open("rb") as file:
        is_archive = file.read(4) == b"PK\x03\x04"
    if is_archive:
        with zipfile.ZipFile(path) as archive:
            _check_size(path, sum(member.file_size for member in archive.infolist()))
        with np.load(path, allow_pickle=False) as archive:
            return dict(archive)
    array = np.load(path, mmap_mode="r", allow_pickle=False)
    _check_size(path, array.nbytes)
    return {ALONE: np.array(array)}


def _check_size(path: Path, size: int) -> None:
    check_memory(2 * size, str(path), "write fewer records")


def _columns(name: str, array: npt.NDArray[Any]) -> dict[str, npt.NDArray[Any]]:
    """The columns of one array, by name."""
    if array.dtype.names is not None and array.ndim == 1:  # a structured array is a table
        return {field: array[field] for field in array.dtype.names}
    array = array[:, 0] if array.ndim == 2 and array.shape[1] == 1 else array
    if array.dtype.kind not in "iufbU" or array.ndim not in (1, 2) or array.shape[-1] > max(MOST_COLUMNS, len(array)):
        raise UserError(f"got {name} of shape {array.shape} and type {array.dtype}, not (n,) or (n, classes)")
    array = array.astype(np.float32) if array.dtype == np.float16 else array
    if array.ndim == 1:
        return {name: array}
    return {f"{name}[{c}]": np.ascontiguousarray(array[:, c]) for c in range(array.shape[1])}
