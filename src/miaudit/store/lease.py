"""Who is at work with a store: locked files in it, which the system unlocks however their process ends."""

import os
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from miaudit.private import private_folder

if sys.platform != "win32":
    import fcntl

FOLDER = "running"
SUFFIX = ".lock"


@contextmanager
def at_work(root: Path) -> Iterator[None]:
    """In the block, what the store at `root` gains or uses is not collected as garbage by other processes.

    A store that cannot be written to or locked (on Windows, none can) is used without that promise.
    """
    path = root / FOLDER / f"{os.getpid()}-{secrets.token_hex(8)}{SUFFIX}"
    file = _locked(root, path)
    try:
        yield
    finally:
        if file is not None:
            with suppress(OSError):
                path.unlink(missing_ok=True)
            file.close()


def at_work_since(root: Path) -> float | None:
    """When the process longest at work with the store began, in seconds since the epoch; None where none is.

    What dead processes left is removed.
    """
    begun = [start for path in (root / FOLDER).glob(f"*{SUFFIX}") if (start := _start(path)) is not None]
    return min(begun, default=None)


def _locked(root: Path, path: Path) -> IO[bytes] | None:
    if sys.platform == "win32":
        return None
    hidden = path.with_suffix("")  # locked before it can be seen, so that nobody takes it for a dead one's
    try:
        private_folder(root)
        path.parent.mkdir(exist_ok=True)
        file = hidden.open("xb")
    except OSError:
        return None
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        hidden.replace(path)
    except OSError:
        file.close()
        hidden.unlink(missing_ok=True)
        return None
    return file


def _start(path: Path) -> float | None:
    """When a live process began; None for a dead one, whose file is removed."""
    try:
        start = path.stat().st_mtime
        with path.open("rb") as file:
            if _is_locked(file):
                return start
        path.unlink(missing_ok=True)
    except FileNotFoundError:  # it has just ended
        return None
    except PermissionError:  # another user's: better keep too much
        return start
    return None


def _is_locked(file: IO[bytes]) -> bool:
    if sys.platform == "win32":
        return True
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)  # shared: some network file systems want it for reading
    except OSError:
        return True
    return False
