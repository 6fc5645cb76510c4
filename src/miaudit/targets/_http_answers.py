"""Keeps what an endpoint answered on disk, so that no record is sent to it again after an interruption."""

import hashlib
import json
import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from miaudit.arrays import Floats
from miaudit.errors import UserError
from miaudit.features.base import Features, Inputs, digest
from miaudit.private import open_private, private_folder

BUSY = 5.0  # seconds to wait for another process that has the file open
# A write-ahead log is ten times as fast as a rollback journal, and survives a kill as well; with the exclusive lock it
# is sound on network drives too, and no second process sends the same records at the same time.
TABLES = """
PRAGMA locking_mode = EXCLUSIVE;
PRAGMA journal_mode = WAL;
PRAGMA synchronous = NORMAL;
CREATE TABLE IF NOT EXISTS answers (record BLOB PRIMARY KEY, outputs BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
"""


@dataclass(frozen=True, eq=False)
class Answers:
    """The outputs of one endpoint by the content of the records, and facts about the endpoint, in an SQLite file."""

    path: Path
    _file: sqlite3.Connection

    def of(self, records: Sequence[bytes]) -> dict[bytes, Floats]:
        """The outputs (C,) in float64 of those of the records that were answered; records are named by `names_of`."""
        found = {}
        for record in records:
            row = self._file.execute("SELECT outputs FROM answers WHERE record = ?", (record,)).fetchone()
            if row is not None:
                found[record] = np.frombuffer(row[0], dtype="<f8")
        return found

    def keep(self, records: Sequence[bytes], outputs: Floats) -> None:
        """Write the outputs (n, C) of n records, all or none of them; an answer that is there already stays."""
        rows = np.ascontiguousarray(outputs, dtype="<f8")
        pairs = zip(records, (row.tobytes() for row in rows), strict=True)
        with self._file:
            self._file.executemany("INSERT OR IGNORE INTO answers VALUES (?, ?)", pairs)

    def fact(self, name: str) -> str | None:
        """What was noted under the name; None where nothing was."""
        row = self._file.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()
        return None if row is None else str(row[0])

    def note(self, name: str, value: str) -> None:
        """Note a fact, in place of an earlier one of the same name."""
        with self._file:
            self._file.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", (name, value))


@contextmanager
def open_answers(path: Path) -> Iterator[Answers]:
    """The answers in a file, which is made where there is none; only its owner may read it.

    Raises:
        UserError: the file or its folder cannot be written, or the file is damaged.
    """
    try:
        for folder in (path.parent.parent, path.parent):
            private_folder(folder)
        os.close(open_private(str(path), os.O_RDWR | os.O_CREAT))  # SQLite would let others read a file that it makes
    except OSError as error:
        raise UserError(
            f"cannot write to the cache {path}: {error.strerror or error}; choose another `cache`"
        ) from None
    try:
        with closing(sqlite3.connect(path, timeout=BUSY)) as file:
            file.executescript(TABLES)
            yield Answers(path, file)
    except sqlite3.OperationalError as error:  # locked, or the disk is full
        raise UserError(
            f"cannot use the cache {path}: {error}; what was answered before is kept. If another process asks this "
            "endpoint, wait for its end, or choose another `cache`"
        ) from None
    except sqlite3.DatabaseError as error:
        raise UserError(f"the cache {path} is damaged ({error}): remove it, or choose another `cache`") from None


def names_of(x: Inputs) -> list[bytes]:
    """A name for each of the records (n, ...), by its content and type alone."""
    if isinstance(x, Features):
        return [digest(x.form.encode(), json.dumps(record).encode()) for record in x.as_json()]
    kind = f"{x.dtype.str} {x.shape[1:]};".encode()
    return [hashlib.blake2b(kind + np.ascontiguousarray(record).tobytes(), digest_size=16).digest() for record in x]
