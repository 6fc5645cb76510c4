"""Looks after a store: checks its entries, and removes those that nobody needs."""

import os
import re
import time
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, NamedTuple

from miaudit.errors import UserError
from miaudit.files import MARK_EVERY
from miaudit.messages import printable, shortened
from miaudit.private import other_owners
from miaudit.store.base import Entry, Store
from miaudit.store.lease import at_work, at_work_since
from miaudit.store.local import LocalStore

SIZE = "MIAUDIT_STORE_SIZE"
MOST_DIGITS = 15  # digits of a size
YOUNG = 900.0  # seconds: what was used so recently is never collected
ABANDONED = 3600.0  # seconds without a change after which nobody is writing an unfinished file any more
FORGOTTEN = 30 * 86_400.0  # seconds after which nobody goes on with a training that was interrupted
UNITS = {"": 1, "K": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}


class Collected(NamedTuple):
    """The files that a collection removed, or would remove, and what is left."""

    removed: tuple[Entry, ...]
    left: int  # bytes
    above: int  # bytes beyond the limit that stay, since they are in use


def damaged(store: Store, found: Iterable[Entry]) -> Iterator[Entry]:
    """Find the entries whose content is not what was written; reads all of them except unfinished files."""
    for entry in found:
        with suppress(FileNotFoundError):
            if entry.kind != "leftover" and not store.is_sound(entry):
                yield entry


def collect(store: LocalStore, limit: int | None = None, dry_run: bool = False, now: float | None = None) -> Collected:
    """Remove what nobody needs, then the longest unused until at most `limit` bytes are left.

    Nobody needs files that unfinished writes left an hour ago, entries that cannot be read, shared arrays of data on
    which no stored result depends, or snapshots of trainings that are finished or that nobody took up for a month.
    Nothing else goes that was used in the last 15 minutes, or since the start of a process that is still at work.

    Args:
        store: the folder; who is at work with a store behind a URL is not known.
        limit: bytes that may stay; None for no limit.
        dry_run: whether files are only named and not removed.
        now: seconds since the epoch; None for the present.

    Raises:
        UserError: a file cannot be removed.
    """
    now = time.time() if now is None else now
    found = store.entries()
    spared_from = _spared_from(store, now)
    used = _Used({entry.description.get("data") for entry in found}, {e.key for e in found if e.kind == "model"})
    removed = [entry for entry in found if _is_useless(entry, used, spared_from, now)]
    left = sum(entry.bytes for entry in found) - sum(entry.bytes for entry in removed)
    gone = {entry.name for entry in removed}
    for entry in [entry for entry in found if entry.name not in gone and entry.kind != "leftover"]:
        if limit is None or left <= limit or entry.used >= spared_from:
            break
        removed.append(entry)
        left -= entry.bytes
    if not dry_run:
        store.remove(removed)
    return Collected(tuple(removed), left, 0 if limit is None else max(0, left - limit))


def _spared_from(store: LocalStore, now: float) -> float:
    """The time since which any use protects a file."""
    begun = at_work_since(store.root)
    return now - YOUNG if begun is None else min(now - YOUNG, begun - MARK_EVERY)


class _Used(NamedTuple):
    """What the files of a store are about."""

    data: set[Any]  # fingerprints of the data sets on which something depends
    models: set[str]  # keys of the models that are there


def _is_useless(entry: Entry, used: _Used, spared_from: float, now: float) -> bool:
    if entry.kind == "leftover":
        return entry.used < now - ABANDONED
    if entry.used >= spared_from:
        return False
    if entry.kind == "snapshot":
        return entry.description.get("job") in used.models or entry.used < now - FORGOTTEN
    shared = re.fullmatch(r"([0-9a-f]{32})-[xy]", entry.key) if entry.kind == "data" else None
    return entry.kind == "unreadable" or (shared is not None and shared[1] not in used.data)


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
    """A sentence about other users who may have written to the store; None if all folders are this user's."""
    folder = store.near.root
    owners = other_owners(folder)
    if not owners:
        return None
    who = f"user{'s' if len(owners) > 1 else ''} {', '.join(map(str, owners))}"
    return printable(
        f"the store {folder} holds folders of {who}: whoever writes there decides what your audits find; "
        "use a store of your own unless you trust them (see docs/store.md)"
    )


@contextmanager
def in_use(store: Store) -> Iterator[None]:
    """Work with the store in the block: nothing that the work needs is collected, and afterwards the limit is kept.

    The limit is on what lies on this machine: the store's folder, or the copies of a store behind a URL.
    """
    limit = size_limit()  # raises before the work if the limit is malformed
    if (told := shared_with(store)) is not None:
        warnings.warn(told, stacklevel=3)
    with at_work(store.near.root):
        yield
    if limit is None:
        return
    try:
        collect(store.near, limit)
    except UserError as error:  # the work in the block must not be lost because of this
        warnings.warn(f"the store was not brought down to {SIZE}: {error}", stacklevel=3)
