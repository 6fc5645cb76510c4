"""Folders and files that their owner alone may read: copies of records lie in them."""

import os
from contextlib import suppress
from pathlib import Path

OTHERS = 0o077  # rights of the group and of everybody
ROOT = 0  # the system's own user, who may do everything anyway


def private_folder(folder: Path) -> None:
    """Make the folder, for its owner alone, where there is none; its parents are made as usual.

    A folder that is there keeps its rights: who shares it has set them. Raises OSError as the system gives it.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    with suppress(FileExistsError):
        folder.mkdir(mode=0o700)


def closed_folder(folder: Path) -> None:
    """The same, and a folder of one's own that others may enter is closed to them."""
    private_folder(folder)
    facts = folder.stat()
    if facts.st_uid == user() and facts.st_mode & OTHERS:
        folder.chmod(0o700)


def open_private(path: str, flags: int) -> int:
    """An opener for `open`: a file that is made is its owner's alone."""
    return os.open(path, flags, 0o600)


def user() -> int:
    """The number of the user whose process this is; 0 on Windows, whose files have none."""
    return os.getuid() if hasattr(os, "getuid") else ROOT


def other_owners(folder: Path) -> list[int]:
    """Users other than this one and the system's who own the folder, or a folder in it; sorted."""
    found = set()
    with suppress(OSError):
        found = {folder.stat().st_uid, *(part.stat().st_uid for part in folder.iterdir() if part.is_dir())}
    return sorted(found - {user(), ROOT})
