"""A store in a folder of this machine, or in one that several machines share.

Files appear by an atomic rename, so a kill at any moment leaves whole entries or none.
"""

import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy.typing as npt

from miaudit.array_file import is_hashed, is_whole, mapped, write_array
from miaudit.arrays import Tensors
from miaudit.errors import UserError
from miaudit.files import PART, mark_used, new_file, write_atomically
from miaudit.messages import printable
from miaudit.private import closed_folder, folder_within, private_folder
from miaudit.reading.path import resolved
from miaudit.store.base import STATED, Entry, EntryKind
from miaudit.store.entry import SUFFIX, encoded, read_description, read_entry, reading
from miaudit.store_root import DATA, data_folder

SNAPSHOTS = "snapshots"  # folder in a store for trainings in progress
ROWS = 1000  # rows compared at a time


@dataclass(frozen=True)
class LocalStore:
    """A folder of entries; see `store.base.Store`."""

    root: Path

    @property
    def location(self) -> str:
        """The folder's full path; raises UserError where there cannot be one of that name."""
        return str(resolved(self.root))

    @property
    def near(self) -> "LocalStore":
        """The store itself, since it is on this machine."""
        return self

    def path(self, key: str) -> Path:
        """The file of an entry, whether it is there or not."""
        return self.root / key[:2] / f"{key}{SUFFIX}"

    def has(self, key: str) -> bool:
        """Is there an entry? It may still turn out damaged when read."""
        return self.path(key).is_file()

    def put(self, key: str, tensors: Tensors, description: dict[str, Any]) -> None:
        """Write an entry; raises UserError if the folder cannot be written, or the disk is full."""
        with writing(self.root):
            private_folder(self.root)
            folder_within(self.path(key).parent)
        write_atomically(self.path(key), encoded(tensors, description))

    def get(self, key: str) -> Tensors | None:
        """The entry's tensors; None if there is none, or (with a warning) if it is damaged.

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
        with suppress(OSError):  # in a read-only store; writing the new entry will say why it fails
            path.unlink(missing_ok=True)

    def description(self, key: str) -> dict[str, Any] | None:
        """The description of an entry; None if there is no entry, or its header is damaged."""
        try:
            return read_description(self.path(key))
        except FileNotFoundError:
            return None

    def mark_used(self, key: str) -> None:
        """Mark an entry as used although it was not read, because a result that follows from it is stored too."""
        mark_used(self.path(key))

    def array_file(self, name: str, array: npt.NDArray[Any]) -> Path:
        """An `.npy` file with the array's content, which several processes may map; a damaged one is replaced.

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
                blocks = (array[start : start + ROWS] for start in range(0, len(array), ROWS))
                write_array(file, array.dtype, array.shape, blocks)
        mark_used(path)
        return path

    def entries(self) -> list[Entry]:
        """All files of the store, the longest unused first."""
        whole = (f"??/*{SUFFIX}", f"{SNAPSHOTS}/*{SUFFIX}", f"{DATA}*/*.npy")
        patterns = (*whole, *(f"{folder}/*{PART}" for folder in ("??", SNAPSHOTS, f"{DATA}*")))
        found = [self._entry(path) for pattern in patterns for path in self.root.glob(pattern)]
        return sorted((entry for entry in found if entry is not None), key=lambda entry: (entry.used, entry.name))

    def is_sound(self, entry: Entry) -> bool:
        """Is the file what was written? Of an array that an older version wrote, only form and length are known.

        Raises:
            FileNotFoundError: it was removed meanwhile.
            UserError: the system does not let it be read.
        """
        path = self.root / entry.name
        if entry.kind != "data":
            return read_entry(path) is not None
        with reading(path):
            return is_whole(path) if is_hashed(path) else mapped(path) is not None

    def remove(self, entries: Iterable[Entry]) -> None:
        """Delete files; raises UserError if the system does not allow it."""
        for entry in entries:
            path = self.root / entry.name
            try:
                path.unlink(missing_ok=True)
            except OSError as error:
                raise UserError(f"cannot remove {path}: {error.strerror or error}") from None

    def _entry(self, path: Path) -> Entry | None:
        try:
            status = path.stat()
            description = (read_description(path) if path.suffix == SUFFIX else None) or {}
        except FileNotFoundError:  # another process removed it meanwhile
            return None
        name = path.relative_to(self.root).as_posix()
        return Entry(name, _kind(path, description), status.st_size, status.st_mtime, description)


@contextmanager
def writing(root: Path) -> Iterator[None]:
    """Make a store's folders in the block; raises UserError if the system refuses."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or error
        raise UserError(
            f"cannot write to the store {root}: {reason}; choose another folder by --store, or by MIAUDIT_STORE"
        ) from error


def _kind(path: Path, description: dict[str, Any]) -> EntryKind:
    by_suffix: dict[str, EntryKind] = {PART: "leftover", ".npy": "data"}
    return by_suffix.get(path.suffix) or STATED.get(description.get("kind"), "unreadable")


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
