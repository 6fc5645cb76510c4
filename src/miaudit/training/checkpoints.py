"""The store: trained models and their outputs under names that follow from what made them.

One safetensors file an entry; its header holds a JSON description and the SHA-256 of the tensors. Files appear by an
atomic rename, so a kill at any moment leaves whole entries or none; a damaged one is found when read and counts as
missing. Nothing is pickled.
"""

import hashlib
import json
import os
import secrets
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt
import platformdirs
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from miaudit.errors import UserError

Tensors = dict[str, npt.NDArray[Any]]


def default_store() -> Path:
    """`MIAUDIT_STORE`, else a folder in the user's cache."""
    named = os.environ.get("MIAUDIT_STORE")
    return Path(named) if named else Path(platformdirs.user_cache_dir("miaudit")) / "store"


@dataclass(frozen=True)
class Store:
    """A folder of entries; any number of processes may read and write it at once."""

    root: Path

    def path(self, key: str) -> Path:
        """Where the entry lies or would lie."""
        return self.root / key[:2] / f"{key}.safetensors"

    def has(self, key: str) -> bool:
        """Is there an entry? It may still turn out damaged when read."""
        return self.path(key).is_file()

    def put(self, key: str, tensors: Tensors, description: dict[str, Any]) -> None:
        """Write an entry, atomically.

        Raises:
            UserError: the folder cannot be written, or the disk is full.
        """
        arrays = {name: np.ascontiguousarray(array) for name, array in tensors.items()}
        header = {"description": json.dumps(description, sort_keys=True), "sha256": digest(arrays)}
        write_atomically(self.path(key), save(arrays, metadata=header))

    def get(self, key: str) -> Tensors | None:
        """The entry's tensors; None where there is none, or (with a warning) where it is damaged."""
        path = self.path(key)
        if not path.is_file():
            return None
        try:
            with safe_open(path, framework="np") as file:
                tensors = {name: file.get_tensor(name) for name in list(file.keys())}
                expected = (file.metadata() or {}).get("sha256")
        except (SafetensorError, OSError, ValueError):
            tensors, expected = {}, None
        if expected is None or digest(tensors) != expected:
            warnings.warn(f"{path} is damaged and will be made again", stacklevel=2)
            path.unlink(missing_ok=True)
            return None
        return tensors

    def array_file(self, name: str, array: npt.NDArray[Any]) -> Path:
        """An `.npy` file with the array's content, for memory mapping by several processes; written once."""
        path = self.root / "data" / f"{name}.npy"
        if not path.is_file():
            with _new_file(path) as file:
                np.save(file, array, allow_pickle=False)
        return path


def digest(tensors: Tensors) -> str:
    """SHA-256 over names, types, shapes and bytes."""
    total = hashlib.sha256()
    for name in sorted(tensors):
        array = np.ascontiguousarray(tensors[name])
        total.update(f"{name} {array.dtype.str} {array.shape};".encode())
        total.update(array.tobytes())
    return total.hexdigest()


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file that appears whole or not at all; raises UserError with the system's reason."""
    with _new_file(path) as file:
        file.write(content)


@contextmanager
def _new_file(path: Path) -> Iterator[BinaryIO]:
    """A file under another name, which gets its own once the block has ended without an error."""
    part = part_of(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with part.open("xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        raise UserError(
            f"cannot write {path}: {error.strerror}; free some space or choose another folder (finished work is kept)"
        ) from error
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def part_of(path: Path) -> Path:
    """A name beside the file, unlike any other, under which it is written until it is whole."""
    return path.with_name(f"{path.name}.{secrets.token_hex(8)}.part")
