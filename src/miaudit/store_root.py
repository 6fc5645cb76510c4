"""The folder of this machine in which models, their outputs and prepared data are kept unless a store is named."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from pathlib import Path

import platformdirs

from miaudit.errors import UserError
from miaudit.private import user

DATA = "data"  # folder in a store for copies of records

_CHOSEN: ContextVar[Path | None] = ContextVar("store_root", default=None)


@contextmanager
def store_root_at(folder: Path | None) -> Iterator[None]:
    """Keep prepared data in this folder within the block; None changes nothing."""
    token = _CHOSEN.set(folder or _CHOSEN.get())
    try:
        yield
    finally:
        _CHOSEN.reset(token)


def store_root() -> Path:
    """The folder that was chosen, else `MIAUDIT_STORE`, else one in the user's cache.

    Raises:
        UserError: the variable holds a URL; prepared data and copies of a store behind a URL need a folder.
    """
    chosen, named = _CHOSEN.get(), os.environ.get("MIAUDIT_STORE")
    if chosen is not None:
        return chosen
    if named and "://" in named:
        raise UserError(f"MIAUDIT_STORE={named}: expected a folder of this machine; give a URL as --store")
    return Path(named) if named else Path(platformdirs.user_cache_dir("miaudit")) / "store"


def data_folder(store: Path) -> Path:
    """The folder in a store for this user's copies of records; another name if it belongs to another user."""
    folder = store / DATA
    with suppress(OSError):
        if folder.stat().st_uid != user():
            return store / f"{DATA}-{user()}"
    return folder
