"""Writes files that appear whole or not at all, even if the process is killed."""

import os
import secrets
import shutil
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from miaudit.errors import UserError
from miaudit.manifest import write_manifest
from miaudit.private import open_private
from miaudit.reading.path import check_name, resolved

PART = ".part"  # suffix of a file that is not complete yet
NEW = ".new"  # start of the name of a folder whose files will be published together
ABANDONED = 86_400.0  # seconds after which the process of such a folder is taken for dead
MARK_EVERY = 300.0  # seconds between two marks that a file was used


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """A temporary path to write to; the file takes its place once the block ends without an error and all is on disk.

    Missing folders are made. If the path is a link, the file that it leads to is replaced, and the link stays.

    Raises:
        OSError: as the system gives it.
    """
    path = path.resolve() if path.is_symlink() else path
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{secrets.token_hex(8)}{PART}")
    try:
        yield part
        with part.open("rb+") as file:
            os.fsync(file.fileno())
        part.replace(path)
        _sync_folder(path.parent)
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    """Write a folder's list of names to disk, so that a power cut does not undo a renaming."""
    if os.name != "posix":  # other systems open no folders
        return
    with suppress(OSError):  # some network folders do not allow it
        opened = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)


@contextmanager
def new_file(path: Path, private: bool = False) -> Iterator[BinaryIO]:
    """A file to write to, which appears under its name once the block ends without an error.

    Where it is `private`, nobody but its owner may read it.

    Raises:
        UserError: the system's reason why it cannot be written, a full disk for instance.
    """
    check_name(path)
    try:
        with whole(path) as part, open(part, "xb", opener=open_private if private else None) as file:
            yield file
    except OSError as error:
        raise UserError(
            f"cannot write {path}: {error.strerror or error}; "
            "free some space or choose another folder (finished work is kept)"
        ) from error


@contextmanager
def files_together(folder: Path, apart: Iterable[str] = ()) -> Iterator[Path]:
    """A temporary folder, whose files replace those in `folder` once the block ends without an error.

    An interrupt in the block leaves all files as they were, so that they still belong together. A kill while they are
    replaced is noticed when they are read: the manifest, with the hashes of all files but those `apart`, goes first.
    If several processes do this at once, the files of the last one stay.

    Raises:
        UserError: the folder cannot be written to.
    """
    new = folder / f"{NEW}.{secrets.token_hex(8)}"
    try:
        new.mkdir(parents=True)
        _sweep(folder)
        yield new
        manifest = write_manifest(new, apart)
        for path in (manifest, *sorted(path for path in new.iterdir() if path != manifest)):
            path.replace(folder / path.name)
        _sync_folder(folder)
    except OSError as error:
        raise UserError(f"cannot write to {folder}: {error.strerror or error}; choose another folder") from error
    finally:
        shutil.rmtree(new, ignore_errors=True)


def _sweep(folder: Path) -> None:
    """Remove what killed processes have left behind, but nothing that may still be in use."""
    for left in folder.glob(f"{NEW}.*"):
        with suppress(OSError):  # another process may remove it, too
            if time.time() - left.stat().st_mtime > ABANDONED:
                shutil.rmtree(left)


def check_writable(folder: Path) -> None:
    """Raise UserError where the folder is not writable and cannot be made; meant to be called before long work."""
    check_name(folder)
    folder = folder.absolute()
    try:
        there = next(path for path in (folder, *folder.parents) if path.exists() or path.is_symlink())
    except OSError as error:
        raise UserError(f"cannot write to {folder}: {error.strerror or error}; choose another folder") from None
    if not there.is_dir():
        what = "a file" if there.exists() else "a link that leads nowhere"
        raise UserError(f"cannot write to {folder}: {there} is {what}; choose another folder")
    if not os.access(there, os.W_OK | os.X_OK):
        raise UserError(f"cannot write to {folder}: {there} may not be written to; choose another folder")


def check_no_input(output: Path, inputs: Iterable[Path | None]) -> None:
    """Raise UserError where writing the output would replace one of the user's inputs."""
    for path in inputs:
        # What an output leads to is replaced, if it is a link.
        if path is not None and {output.absolute(), resolved(output)} & {path.absolute(), resolved(path)}:
            raise UserError(f"cannot write {output}: it is an input, which would be replaced; choose another place")


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file that appears whole or not at all; raises UserError with the system's reason."""
    with new_file(path) as file:
        file.write(content)


def mark_used(path: Path) -> None:
    """Set a file's time of change to now, so that files unused for longest can be found."""
    with suppress(OSError):  # in a store that is read-only this does not matter
        if time.time() - path.stat().st_mtime > MARK_EVERY:
            os.utime(path)
