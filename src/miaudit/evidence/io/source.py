"""Reads a file and notices if it changes meanwhile: all that is read, and the hash, belong to one content.

Files are not memory-mapped: if a mapped file is cut short, the process dies.
"""

import hashlib
import os
import weakref
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from miaudit.errors import UserError

IN_MEMORY = 2**28  # bytes up to which a file is read once and for all
BLOCK = 2**20  # bytes that are hashed at a time
MOST_AT_ONCE = 2**30  # bytes: systems read no more than 2 GiB in one call

AnyArray = npt.NDArray[Any]


class Tensor(Protocol):
    """The part of an array's interface that evidence uses; numpy's arrays have it."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Length of each dimension."""

    @property
    def dtype(self) -> np.dtype[Any]:
        """Type of the numbers."""

    @property
    def ndim(self) -> int:
        """How many dimensions there are."""

    def __len__(self) -> int: ...
    def __getitem__(self, index: Any, /) -> Any: ...
    def __iter__(self) -> Iterator[Any]: ...


class OpenFile:
    """An open file, with the size and time of change that it had when it was opened.

    A file that later replaces it under the same path is not read. When an OpenFile is sent to another process, the file
    is opened again by its path and must still be the same.

    Raises:
        UserError: the file cannot be read.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._file = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
        except OSError as error:
            raise UserError(f"cannot read {path}: {error.strerror or error}") from None
        weakref.finalize(self, os.close, self._file)
        self._facts = _facts(os.fstat(self._file))
        self.size = self._facts[2]

    def read(self, start: int, length: int) -> bytes:
        """Read so many bytes from a position on; raises UserError if the file has changed since it was opened."""
        os.lseek(self._file, start, os.SEEK_SET)
        parts, left = [], length
        while left and (part := os.read(self._file, min(left, MOST_AT_ONCE))):
            parts.append(part)
            left -= len(part)
        self.check()
        if left:
            raise self.changed()
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def digest(self) -> str:
        """Compute the SHA-256 of the whole content, in hexadecimal digits; raises as `read` does."""
        total = hashlib.sha256()
        for start in range(0, self.size, BLOCK):
            total.update(self.read(start, min(BLOCK, self.size - start)))
        self.check()
        return total.hexdigest()

    def check(self) -> None:
        """Raise UserError if its size or time of change shows that the file was written to."""
        if _facts(os.fstat(self._file)) != self._facts:
            raise self.changed()

    def check_place(self) -> None:
        """Raise UserError if the file was written to, or if another file now lies under its path."""
        self.check()
        try:
            is_same = _facts(self.path.stat()) == self._facts
        except OSError:
            is_same = False
        if not is_same:
            raise self.changed()

    def changed(self) -> UserError:
        """Build the error that says that the file has changed."""
        return UserError(f"{self.path} changed while it was read: run the audit again once nobody writes to it")

    def __getstate__(self) -> tuple[Path, tuple[int, ...]]:
        return self.path, self._facts

    def __setstate__(self, state: tuple[Path, tuple[int, ...]]) -> None:
        self.__init__(state[0])  # type: ignore[misc]
        self._facts = state[1]
        self.check()


class Pinned(NamedTuple):
    """A file from which outputs are still read, and the SHA-256 of the content that all results rest on."""

    source: OpenFile
    digest: str

    def check_content(self) -> None:
        """Read the whole file, and raise UserError if its content has changed."""
        if self.source.digest() != self.digest:
            raise self.source.changed()


def _facts(status: os.stat_result) -> tuple[int, ...]:
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns


@dataclass(frozen=True)
class FileTensor:
    """An array that stays in its file; block i along the first axis is read when it is used.

    It can be indexed in the ways that evidence uses: `[i]`, `[None]`, `[:, v]` and `[..., None]`.
    """

    source: OpenFile
    dtype: np.dtype[Any]
    shape: tuple[int, ...]
    start: int  # of the first block, in bytes
    step: int  # from one block to the next, in bytes

    @property
    def ndim(self) -> int:
        """How many dimensions there are."""
        return len(self.shape)

    def __len__(self) -> int:
        return self.shape[0]

    def __iter__(self) -> "Iterator[AnyArray]":
        return (self[i] for i in range(len(self)))

    def __getitem__(self, index: Any) -> Any:
        if index is None:
            return FileTensor(self.source, self.dtype, (1, *self.shape), self.start, self.step * len(self))
        if isinstance(index, tuple):
            _, v = index
            if v is None:
                return replace(self, shape=(*self.shape, 1))
            inner = self._size(2)
            return FileTensor(
                self.source, self.dtype, (len(self), *self.shape[2:]), self.start + int(v) * inner, self.step
            )
        content = self.source.read(self.start + int(range(len(self))[index]) * self.step, self._size(1))
        return np.frombuffer(content, self.dtype).reshape(self.shape[1:])

    def _size(self, axis: int) -> int:
        """Number of bytes of a block of the axes from that one on."""
        return int(np.prod(self.shape[axis:], dtype=np.int64)) * self.dtype.itemsize
