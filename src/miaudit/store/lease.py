"""Notes which processes work with a store: each locks a file in it, which the system unlocks however it ends."""

import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock

from miaudit.private import folder_within, private_folder

FOLDER = "running"
SUFFIX = ".lock"
JUST_MADE = 60.0  # seconds in which a file may not be locked yet by the process that made it
LONGEST = 30 * 86_400.0  # seconds after which another user's process is taken for dead


@contextmanager
def at_work(root: Path) -> Iterator[None]:
    """Keep other processes from collecting what the store at `root` gains or uses within the block.

    A store that cannot be written to or locked is used without this protection.
    """
    # The time is part of the name, since locking a file may change when it was last written to.
    path = root / FOLDER / f"{time.time():.0f}-{os.getpid()}-{secrets.token_hex(8)}{SUFFIX}"
    lock = _locked(root, path)
    try:
        yield
    finally:
        if lock is not None:
            lock.release()
            _remove(path)


def at_work_since(root: Path) -> float | None:
    """Start of the oldest process that works with the store, in seconds since the epoch; None if there is none.

    Files that dead processes left are removed.
    """
    begun = [start for path in (root / FOLDER).glob(f"*{SUFFIX}") if (start := _start(path)) is not None]
    return min(begun, default=None)


def _locked(root: Path, path: Path) -> FileLock | None:
    lock = FileLock(path, blocking=False)
    try:
        private_folder(root)
        folder_within(path.parent)
        lock.acquire()
    except (OSError, NotImplementedError):
        return None
    return lock


def _start(path: Path) -> float | None:
    """When a live process began; None for a dead one, whose file is removed unless it is another user's."""
    try:
        changed = path.stat().st_mtime
    except FileNotFoundError:  # it has just ended
        return None
    named = path.name.partition("-")[0]
    start = float(named) if len(named) >= len("1000000000") and named.isdecimal() else changed
    if time.time() - start < JUST_MADE:  # trying the lock could keep the process that made it from getting it
        return start
    try:
        with FileLock(path, blocking=False):
            pass
    except PermissionError:  # another user's: whether it is locked cannot be told
        return start if time.time() - start < LONGEST else None
    except (OSError, NotImplementedError):  # locked; keeping too much does no harm
        return start
    _remove(path)
    return None


def _remove(path: Path) -> None:
    with suppress(OSError):
        path.unlink(missing_ok=True)
