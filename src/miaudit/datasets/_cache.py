"""Decoded arrays, kept so that no file is decoded twice."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from miaudit.errors import UserError
from miaudit.files import default_store, mark_used, whole


def cache_folder() -> Path:
    """Folder `data` of the default store."""
    return default_store() / "data"


def kept(name: str, shape: tuple[int, ...], blocks: Iterable[npt.NDArray[np.uint8]]) -> npt.NDArray[np.uint8]:
    """The array of that name, mapped from disk; made of the blocks, row by row, where it is not there yet.

    Raises:
        UserError: the folder cannot be written.
    """
    path = cache_folder() / f"{name}.npy"
    found = _open(path, shape)
    if found is None:
        try:
            _write(path, shape, blocks)
        except OSError as error:
            reason = error.strerror or error
            raise UserError(
                f"cannot keep decoded images in {path}: {reason}; set MIAUDIT_STORE to a folder with space"
            ) from error
        found = np.load(path, mmap_mode="r", allow_pickle=False)
    mark_used(path)
    return found


def _open(path: Path, shape: tuple[int, ...]) -> Any:
    try:
        array = np.load(path, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError, EOFError):
        return None
    return array if array.shape == shape and array.dtype == np.uint8 else None


def _write(path: Path, shape: tuple[int, ...], blocks: Iterable[npt.NDArray[np.uint8]]) -> None:
    # Plain writes: a map of a file that outgrows the disk would kill the process.
    header = {"descr": np.dtype(np.uint8).str, "fortran_order": False, "shape": shape}
    with whole(path) as part, part.open("xb") as file:
        np.lib.format.write_array_header_1_0(file, header)
        for block in blocks:
            file.write(block.tobytes())
