"""Decoded arrays, kept so that no file is decoded twice, and checked by their hash whenever they are opened."""

import warnings
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from miaudit.array_file import is_hashed, is_whole, mapped, write_array
from miaudit.errors import UserError
from miaudit.files import mark_used, whole
from miaudit.private import closed_folder, open_private, private_folder
from miaudit.store_root import data_folder, store_root


def cache_folder() -> Path:
    """The folder for copies of records in the store that is in use."""
    return data_folder(store_root())


def kept(name: str, shape: tuple[int, ...], blocks: Iterable[npt.NDArray[np.uint8]]) -> npt.NDArray[np.uint8]:
    """The array of that name, mapped from disk; first written block by block where it is missing or damaged.

    Args:
        name: names the file within the folder.
        shape: of the whole array.
        blocks: its rows, in order; read only where the array has to be written.

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
                f"cannot keep decoded images in {path}: {reason}; choose a folder with space by --store or "
                "MIAUDIT_STORE"
            ) from error
        found = np.load(path, mmap_mode="r", allow_pickle=False)
    mark_used(path)
    return found


def _open(path: Path, shape: tuple[int, ...]) -> Any:
    array = mapped(path)
    if array is None or not is_hashed(path):  # none, or one of an older version
        return None
    if array.shape == shape and array.dtype == np.uint8 and is_whole(path):
        return array
    warnings.warn(f"{path} is damaged and will be made again", stacklevel=3)
    return None


def _write(path: Path, shape: tuple[int, ...], blocks: Iterable[npt.NDArray[np.uint8]]) -> None:
    private_folder(store_root())
    closed_folder(path.parent)
    with whole(path) as part, open(part, "xb", opener=open_private) as file:
        write_array(file, np.dtype(np.uint8), shape, blocks)
