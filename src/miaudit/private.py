"""Makes folders and files that only their owner may read, since they hold copies of records."""

import os
from contextlib import suppress
from pathlib import Path
from stat import S_IMODE

OTHERS = 0o077  # permissions of the group and of everybody
ROOT = 0  # the superuser, who may read everything anyway


def private_folder(folder: Path) -> None:
    """Make the folder for its owner alone if it does not exist; its parents get the usual permissions.

    An existing folder keeps its permissions, which somebody who shares it may have set.

    Raises:
        OSError: as the system gives it.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    with suppress(FileExistsError):
        folder.mkdir(mode=0o700)


def folder_within(folder: Path) -> None:
    """Make a folder with the rights of the one that it lies in, so that whoever may write there may write here as well.

    An existing folder keeps its rights.

    Raises:
        OSError: as the system gives it.
    """
    try:
        folder.mkdir()
    except FileExistsError:
        return
    with suppress(OSError):  # some network folders know no rights
        folder.chmod(S_IMODE(folder.parent.stat().st_mode))


def closed_folder(folder: Path) -> None:
    """Make the folder as `private_folder` does; also close an existing one of this user to all others."""
    private_folder(folder)
    facts = folder.stat()
    if facts.st_uid == user() and facts.st_mode & OTHERS:
        folder.chmod(0o700)


def open_private(path: str, flags: int) -> int:
    """An opener for `open` that gives new files to their owner alone."""
    return os.open(path, flags, 0o600)


def user() -> int:
    """The id of this process's user; 0 on Windows, where files have no such id."""
    return os.getuid() if hasattr(os, "getuid") else ROOT


def other_owners(folder: Path) -> list[int]:
    """Sorted ids of users, other than this one and root, who own the folder or a folder within it."""
    found = set()
    with suppress(OSError):
        found = {folder.stat().st_uid, *(part.stat().st_uid for part in folder.iterdir() if part.is_dir())}
    return sorted(found - {user(), ROOT})
