"""A file that may change while it is read: what was read is one content, and its hash is that content's.

Nothing is mapped: a map of a file that somebody cuts short ends the process.
"""

import hashlib
import os
import weakref
from collections.abc import Iterator
from dataclasses import dataclass
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
    """What a file holds of an array, as far as evidence looks at it: numpy's arrays are such tensors."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Its dimensions."""

    @property
    def dtype(self) -> np.dtype[Any]:
        """The type of its numbers."""

    @property
    def ndim(self) -> int:
        """How many dimensions there are."""

    def __len__(self) -> int: ...
    def __getitem__(self, index: Any, /) -> Any: ...
    def __iter__(self) -> Iterator[Any]: ...


class Source:
    """An open file, and the size and time of change that it had when it was opened.

    A file that replaces it is another one: what was opened stays what is read. It passes to other processes by its
    path, where it is opened again and must still be the same file.

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
        """So many bytes from there on; raises UserError where the file has changed since it was opened."""
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
        """SHA-256 of the whole content, in hexadecimal digits; raises as `read` does."""
        total = hashlib.sha256()
        for start in range(0, self.size, BLOCK):
            total.update(self.read(start, min(BLOCK, self.size - start)))
        self.check()
        return total.hexdigest()

    def check(self) -> None:
        """Raise UserError where size or time of change tell that the file was written to."""
        if _facts(os.fstat(self._file)) != self._facts:
            raise self.changed()

    def check_place(self) -> None:
        """The same, and where another file lies under the path by now."""
        self.check()
        try:
            is_same = _facts(self.path.stat()) == self._facts
        except OSError:
            is_same = False
        if not is_same:
            raise self.changed()

    def changed(self) -> UserError:
        """What is to be said once it has."""
        return UserError(f"{self.path} changed while it was read: run the audit again once nobody writes to it")

    def __getstate__(self) -> tuple[Path, tuple[int, ...]]:
        return self.path, self._facts

    def __setstate__(self, state: tuple[Path, tuple[int, ...]]) -> None:
        self.__init__(state[0])  # type: ignore[misc]
        self._facts = state[1]
        self.check()


class Pinned(NamedTuple):
    """A file that is still read, and the SHA-256 of the content that everything rests on."""

    source: Source
    digest: str

    def check_content(self) -> None:
        """Raise UserError where the file has other content by now; reads all of it."""
        if self.source.digest() != self.digest:
            raise self.source.changed()


def _facts(status: os.stat_result) -> tuple[int, ...]:
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns


@dataclass(frozen=True)
class FileTensor:
    """An array that stays in its file: block i along the first axis is read when it is asked for.

    Of numpy's ways to index it knows those that evidence uses: `[i]`, `[None]` and `[:, v]`.
    """

    source: Source
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
            inner = self._size(2)
            return FileTensor(
                self.source, self.dtype, (len(self), *self.shape[2:]), self.start + int(v) * inner, self.step
            )
        content = self.source.read(self.start + int(range(len(self))[index]) * self.step, self._size(1))
        return np.frombuffer(content, self.dtype).reshape(self.shape[1:])

    def _size(self, axis: int) -> int:
        """Bytes of a block of the axes from that one on."""
        return int(np.prod(self.shape[axis:], dtype=np.int64)) * self.dtype.itemsize
