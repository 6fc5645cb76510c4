"""Checks paths that a user typed, and reads what lies there."""

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from miaudit.errors import UserError
from miaudit.messages import one_line

MOST_BYTES = 2**44  # largest file that is read piece by piece
KINDS = {
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a pipe",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
    stat.S_IFSOCK: "a socket",
}
REASONS = {
    errno.ENOENT: "no such file",
    errno.ENOTDIR: "no such file",
    errno.ENAMETOOLONG: "a name that is too long",
    errno.ELOOP: "a link that leads back to itself",
    errno.EACCES: "a file that you may not read",
}


def check_name(path: Path) -> None:
    """Raise UserError where no file can have that name, or where results could not hold it."""
    if "\0" in str(path):
        raise UserError(f"{path}: expected a path, got one with a NUL character")
    try:
        os.fspath(path).encode()
    except UnicodeEncodeError:
        raise UserError(f"{path}: expected a path in UTF-8, got other bytes; rename the file") from None


def check_file(path: Path, what: str, most: int) -> None:
    """Raise UserError unless there is a regular file of at most `most` bytes; `what` says what was expected.

    Nothing is opened, so that a pipe or a device cannot hold the program up.
    """
    check_name(path)
    try:
        facts = path.stat()
    except OSError as error:
        raise UserError(f"cannot read {path}: expected {what}, got {_reason(error)}") from None
    kind = stat.S_IFMT(facts.st_mode)
    if kind != stat.S_IFREG:
        raise UserError(f"cannot read {path}: expected {what}, got {KINDS.get(kind, 'something else')}")
    if facts.st_size > most:
        raise UserError(f"cannot read {path}: expected at most {most:,} bytes of {what}, got {facts.st_size:,}")


def check_folder(path: Path, what: str) -> None:
    """Raise UserError unless there is a folder; `what` says what it was expected to hold."""
    check_name(path)
    try:
        kind = stat.S_IFMT(path.stat().st_mode)
    except OSError as error:
        came = _reason(error).replace("no such file", "no such folder")
        raise UserError(f"cannot read {path}: expected {what}, got {came}") from None
    if kind != stat.S_IFDIR:
        raise UserError(f"cannot read {path}: expected {what}, got {KINDS.get(kind, 'a file')}")


def read_bytes(path: Path, what: str, most: int) -> bytes:
    """The whole content of a file that `check_file` lets pass; raises UserError where it cannot be read."""
    check_file(path, what, most)
    try:
        with path.open("rb") as file:
            return file.read(most)
    except OSError as error:
        raise UserError(f"cannot read {path}: expected {what}, got {_reason(error)}") from None


def read_text(path: Path, what: str, most: int) -> str:
    """The whole content as text; raises UserError where it cannot be read or is not UTF-8."""
    try:
        return read_bytes(path, what, most).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UserError(
            f"cannot read {path}: expected {what} in UTF-8, got the byte 0x{error.object[error.start]:02x} "
            f"at position {error.start:,}"
        ) from None


def resolved(path: Path) -> Path:
    """The absolute path with links followed; raises UserError where that is impossible."""
    check_name(path)
    try:
        return path.resolve()
    except (OSError, RuntimeError):  # a link that leads back to itself; Python 3.13 no longer minds
        raise UserError(f"{path}: expected a path, got a link that leads back to itself") from None


@contextmanager
def about(path: Path | str | None) -> Iterator[None]:
    """Name the file, or the files, in any UserError of the block that does not name it; None changes nothing."""
    try:
        yield
    except UserError as error:
        if path is None or one_line(str(path)) in str(error):
            raise
        raise UserError(f"{path}: {error}") from None


def _reason(error: OSError) -> str:
    return REASONS.get(error.errno or 0, error.strerror or str(error))


def from_folder(function: str, folder: Path) -> str:
    """Where a function is that is named from a folder; names of modules stay as they are.

    >>> from_folder("package.module:train", Path("/work"))
    'package.module:train'
    """
    file, _, name = function.rpartition(":")
    return f"{resolved(folder / file)}:{name}" if file.endswith(".py") else function
