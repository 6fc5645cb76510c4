"""The store: trained models and their outputs under names that follow from what made them.

One safetensors file an entry; its header holds a JSON description and the SHA-256 of the tensors. Files appear by an
atomic rename, so a kill at any moment leaves whole entries or none; a damaged one is found when read and counts as
missing. Nothing is pickled.
"""

import hashlib
import json
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from miaudit.array_file import mapped, write_array
from miaudit.arrays import Tensors
from miaudit.errors import UserError
from miaudit.files import data_folder, mark_used, new_file, write_atomically
from miaudit.files import default_store as default_store
from miaudit.messages import printable
from miaudit.private import closed_folder, private_folder

ROWS = 1000  # compared at a time


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
        with writing(self.root):
            private_folder(self.root)
        write_atomically(self.path(key), encoded(tensors, description))

    def get(self, key: str) -> Tensors | None:
        """The entry's tensors; None where there is none, or (with a warning) where it is damaged.

        Raises:
            UserError: the system does not let it be read.
        """
        path = self.path(key)
        try:
            tensors = read_entry(path)
        except FileNotFoundError:
            return None
        if tensors is None:
            self.discard(key)
            return None
        mark_used(path)
        return tensors

    def discard(self, key: str) -> None:
        """Remove an entry that is not what it should be, with a warning."""
        path = self.path(key)
        warnings.warn(printable(f"{path} is damaged and will be made again"), stacklevel=3)
        with suppress(OSError):  # of a store that may only be read: what is made again says why it cannot be kept
            path.unlink(missing_ok=True)

    def description(self, key: str) -> dict[str, Any] | None:
        """What an entry says of itself; None where there is none, or where its header is damaged."""
        try:
            return read_description(self.path(key))
        except FileNotFoundError:
            return None

    def mark_used(self, key: str) -> None:
        """Count an entry as used, which was not read because what follows from it is stored too."""
        mark_used(self.path(key))

    def array_file(self, name: str, array: npt.NDArray[Any]) -> Path:
        """An `.npy` file with the array's content, for memory mapping by several processes; a damaged one is replaced.

        Raises:
            UserError: the folder cannot be written, or the disk is full.
        """
        with writing(self.root):
            private_folder(self.root)
            path = data_folder(self.root) / f"{name}.npy"
            closed_folder(path.parent)
        if path.is_file() and not _holds(path, array):
            warnings.warn(printable(f"{path} is damaged and will be made again"), stacklevel=2)
            path.unlink(missing_ok=True)
        if not path.is_file():
            with new_file(path, private=True) as file:
                write_array(file, array.dtype, array.shape, [array])
        mark_used(path)
        return path


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """What is done to read a file: where the system refuses, that says nothing of the file's content.

    Raises:
        FileNotFoundError: there is none.
        UserError: it cannot be read for another reason: rights, too many open files.
    """
    try:
        path.open("rb").close()  # first, since safetensors calls every file missing that it cannot open
        yield
    except FileNotFoundError:
        raise
    except OSError as error:
        raise UserError(f"cannot read {path}: {error.strerror or error}") from error


@contextmanager
def writing(root: Path) -> Iterator[None]:
    """What is done to make a store's folders; raises UserError where the system refuses."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or error
        raise UserError(f"cannot write to the store {root}: {reason}; choose another folder") from error


# What was written here is of these types; anything else is not ours.
FACTS: dict[str, tuple[type, ...]] = {
    "kind": (str,),
    "recipe_fields": (dict,),
    "rows_count": (int,),
    "validation_count": (int,),
    "unlabelled_count": (int,),
    "seconds": (int, float, type(None)),
    "records": (int,),
    **dict.fromkeys(("data", "job", "query", "recipe", "rows", "validation", "unlabelled", "seed", "code"), (str,)),
}
# All that safetensors and numpy raise on files that are none, or hold types that numpy lacks.
UNREADABLE = (SafetensorError, ValueError, TypeError, AttributeError, KeyError, OverflowError, MemoryError)


def read_entry(path: Path) -> Tensors | None:
    """The tensors of an entry's file; None where they are not what was written; raises as `reading` does."""
    try:
        with reading(path), safe_open(path, framework="np") as file:
            tensors = {name: file.get_tensor(name) for name in list(file.keys())}
            expected = (file.metadata() or {}).get("sha256")
    except UNREADABLE:
        return None
    return tensors if expected is not None and digest(tensors) == expected else None


def read_description(path: Path) -> dict[str, Any] | None:
    """What an entry says of itself, from its header alone; None where that is damaged; raises as `reading` does."""
    try:
        with reading(path), safe_open(path, framework="np") as file:
            return described(file.metadata() or {})
    except UNREADABLE:
        return None


def described(metadata: dict[str, str]) -> dict[str, Any] | None:
    """The description in a header's metadata; None where it is damaged."""
    try:
        found = json.loads(metadata["description"])
    except (ValueError, KeyError, RecursionError):
        return None
    return found if isinstance(found, dict) and all(map(_is_meant, found.items())) else None


def _is_meant(fact: tuple[str, Any]) -> bool:
    """Is a fact of the type that it has in what was written here?"""
    name, value = fact
    return isinstance(value, FACTS.get(name, (object,)))


def encoded(tensors: Tensors, description: dict[str, Any]) -> bytes:
    """The content of an entry's file."""
    arrays = {name: np.ascontiguousarray(array) for name, array in tensors.items()}
    header = {"description": json.dumps(description, sort_keys=True), "sha256": digest(arrays)}
    return save(arrays, metadata=header)


def digest(tensors: Tensors) -> str:
    """SHA-256 over names, types, shapes and bytes."""
    total = hashlib.sha256()
    for name in sorted(tensors):
        array = np.ascontiguousarray(tensors[name])
        total.update(f"{name} {array.dtype.str} {array.shape};".encode())
        total.update(array.tobytes())
    return total.hexdigest()


def _holds(path: Path, array: npt.NDArray[Any]) -> bool:
    """Does the file hold this very array?"""
    kept = mapped(path)
    if kept is None:
        return False
    alike: bool = kept.dtype == array.dtype and kept.shape == array.shape
    return alike and all(
        kept[start : start + ROWS].tobytes() == array[start : start + ROWS].tobytes()
        for start in range(0, len(array), ROWS)
    )
