"""The store's upkeep: what is in it, whether it is sound, and what may go."""

import os
import re
import time
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Literal, NamedTuple

from miaudit.array_file import is_hashed, is_whole, mapped
from miaudit.errors import UserError
from miaudit.files import DATA, MARK_EVERY, PART
from miaudit.messages import printable, shortened
from miaudit.private import other_owners
from miaudit.store.checkpoints import Store, read_description, read_entry, reading
from miaudit.store.lease import at_work, at_work_since

SIZE = "MIAUDIT_STORE_SIZE"
MOST_DIGITS = 15  # of a size
YOUNG = 900.0  # seconds: what was used so recently is never collected
ABANDONED = 3600.0  # seconds without a change after which nobody is writing an unfinished file any more
UNITS = {"": 1, "K": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}

EntryKind = Literal["model", "outputs", "judged", "data", "leftover", "unreadable"]


class Entry(NamedTuple):
    """A file of the store."""

    path: Path
    kind: EntryKind
    bytes: int
    used: float  # when it was written or last used (within five minutes), in seconds since the epoch
    description: dict[str, Any]

    @property
    def key(self) -> str:
        """What names it."""
        return self.path.stem


class Collected(NamedTuple):
    """What a collection removed, or would."""

    removed: tuple[Entry, ...]
    left: int  # bytes
    above: int  # bytes beyond the limit that stay, since they are in use


def entries(store: Store) -> list[Entry]:
    """All files of the store, the longest unused first."""
    patterns = ("??/*.safetensors", f"??/*{PART}", f"{DATA}*/*.npy", f"{DATA}*/*{PART}")
    found = [_entry(path) for pattern in patterns for path in store.root.glob(pattern)]
    return sorted((entry for entry in found if entry is not None), key=lambda entry: (entry.used, entry.path))


def _entry(path: Path) -> Entry | None:
    try:
        status = path.stat()
        description = (read_description(path) if path.suffix == ".safetensors" else None) or {}
    except FileNotFoundError:  # another process removed it meanwhile
        return None
    return Entry(path, _kind(path, description), status.st_size, status.st_mtime, description)


def _kind(path: Path, description: dict[str, Any]) -> EntryKind:
    by_suffix: dict[str, EntryKind] = {PART: "leftover", ".npy": "data"}
    stated: dict[Any, EntryKind] = {"model": "model", "outputs": "outputs", "judged": "judged"}
    return by_suffix.get(path.suffix) or stated.get(description.get("kind"), "unreadable")


def is_sound(entry: Entry) -> bool:
    """Is the file what was written? Of an array that an older version wrote, only form and length are known.

    Raises:
        FileNotFoundError: it was removed meanwhile.
        UserError: the system does not let it be read.
    """
    if entry.kind != "data":
        return read_entry(entry.path) is not None
    with reading(entry.path):
        return is_whole(entry.path) if is_hashed(entry.path) else mapped(entry.path) is not None


def damaged(found: Iterable[Entry]) -> Iterator[Entry]:
    """Those entries that are not what was written; reads all of them. Unfinished files are passed over."""
    for entry in found:
        with suppress(FileNotFoundError):
            if entry.kind != "leftover" and not is_sound(entry):
                yield entry


def remove(found: Iterable[Entry]) -> None:
    """Delete files; raises UserError where the system does not allow it."""
    for entry in found:
        try:
            entry.path.unlink(missing_ok=True)
        except OSError as error:
            raise UserError(f"cannot remove {entry.path}: {error.strerror or error}") from None


def collect(store: Store, limit: int | None = None, dry_run: bool = False, now: float | None = None) -> Collected:
    """Remove what nobody needs, then the longest unused until at most `limit` bytes are left.

    Nobody needs what unfinished writes left an hour ago, entries that cannot be read, and shared arrays of data that
    no stored result is of. Nothing else goes that was used in the last 15 minutes, or since the beginning of a process
    that is still at work. Times in seconds since the epoch.

    Raises:
        UserError: a file cannot be removed.
    """
    now = time.time() if now is None else now
    found = entries(store)
    spared_from = _spared_from(store, now)
    used_data = {entry.description.get("data") for entry in found}
    removed = [entry for entry in found if _is_useless(entry, used_data, spared_from, now)]
    left = sum(entry.bytes for entry in found) - sum(entry.bytes for entry in removed)
    gone = {entry.path for entry in removed}
    for entry in [entry for entry in found if entry.path not in gone and entry.kind != "leftover"]:
        if limit is None or left <= limit or entry.used >= spared_from:
            break
        removed.append(entry)
        left -= entry.bytes
    if not dry_run:
        remove(removed)
    return Collected(tuple(removed), left, 0 if limit is None else max(0, left - limit))


def _spared_from(store: Store, now: float) -> float:
    """What was used at this time or later stays."""
    begun = at_work_since(store.root)
    return now - YOUNG if begun is None else min(now - YOUNG, begun - MARK_EVERY)


def _is_useless(entry: Entry, used_data: set[Any], spared_from: float, now: float) -> bool:
    if entry.kind == "leftover":
        return entry.used < now - ABANDONED
    shared = re.fullmatch(r"([0-9a-f]{32})-[xy]", entry.key) if entry.kind == "data" else None
    unused = shared is not None and shared[1] not in used_data
    return entry.used < spared_from and (entry.kind == "unreadable" or unused)


def parse_size(text: str) -> int:
    """Bytes of a size such as `500MB` or `5 GB` (powers of ten); raises UserError on anything else.

    >>> parse_size("1.5GB")
    1500000000
    """
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([KMGT]?)B?", text.strip().upper())
    if match is None or len(match[1]) > MOST_DIGITS:
        raise UserError(f"expected a size such as 500MB or 5GB, got {shortened(text)}")
    return round(float(match[1]) * UNITS[match[2]])


def size_limit() -> int | None:
    """Bytes that `MIAUDIT_STORE_SIZE` allows the store; None where it is not set; raises UserError on nonsense."""
    text = os.environ.get(SIZE)
    return parse_size(text) if text else None


def shared_with(store: Store) -> str | None:
    """Who else may have written to the store, in a sentence; None where all folders are this user's."""
    owners = other_owners(store.root)
    if not owners:
        return None
    who = f"user{'s' if len(owners) > 1 else ''} {', '.join(map(str, owners))}"
    return printable(
        f"the store {store.root} holds folders of {who}: whoever writes there decides what your audits find; "
        "use a store of your own unless you trust them (see docs/store.md)"
    )


@contextmanager
def in_use(store: Store) -> Iterator[None]:
    """The store while it is worked with: nothing that the work needs is collected; afterwards the limit is kept."""
    limit = size_limit()  # nonsense is told before the work
    if (told := shared_with(store)) is not None:
        warnings.warn(told, stacklevel=3)
    with at_work(store.root):
        yield
    if limit is None:
        return
    try:
        collect(store, limit)
    except UserError as error:  # what was done in the block is not lost for that
        warnings.warn(f"the store was not brought down to {SIZE}: {error}", stacklevel=3)
