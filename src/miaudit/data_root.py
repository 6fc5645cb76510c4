"""Finds the folder in which data sets lie."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

_CHOSEN: ContextVar[Path | None] = ContextVar("data_root", default=None)


@contextmanager
def data_root_at(folder: Path | None) -> Iterator[None]:
    """Look for data sets in this folder within the block; None changes nothing."""
    token = _CHOSEN.set(folder or _CHOSEN.get())
    try:
        yield
    finally:
        _CHOSEN.reset(token)


def data_root() -> Path:
    """The folder that was chosen, else `MIAUDIT_DATA`, else `datasets` in the current folder."""
    return _CHOSEN.get() or Path(os.environ.get("MIAUDIT_DATA", "datasets"))
