"""A store behind a URL: object stores, SFTP, HDFS and whatever else fsspec speaks to.

Object stores show an object whole or not at all; elsewhere an entry is written under another name and moved. What is
read is checked against the hash in its header, as in a local store.
"""

import json
import secrets
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import urlsplit

from miaudit.arrays import Tensors
from miaudit.errors import UserError
from miaudit.files import PART, write_atomically
from miaudit.messages import printable, without_secrets
from miaudit.store.base import STATED, Entry, EntryKind
from miaudit.store.entry import LENGTH_BYTES, SUFFIX, decoded, described, encoded
from miaudit.store.local import LocalStore

WHOLE = {"s3", "s3a", "gs", "gcs", "abfs", "abfss", "az", "adl", "oci", "oss", "memory"}  # a put is atomic
LONGEST_HEADER = 100_000_000  # bytes, as safetensors has it: in a damaged file the length may be anything
CHANGED = ("mtime", "LastModified", "last_modified", "updated", "modified", "created")  # as drivers call it


@dataclass(frozen=True)
class RemoteStore:
    """Entries under a URL; see `store.base.Store`. `root` is a folder of this machine for copies and data arrays."""

    root: Path
    url: str = field(default="", repr=False)  # may hold a password

    @property
    def location(self) -> str:
        """The URL, which may hold a password."""
        return self.url

    @property
    def near(self) -> LocalStore:
        """The folder of this machine."""
        return LocalStore(self.root)

    def connect(self) -> tuple[Any, str]:
        """The file system, and the folder's path in it; raises UserError if no driver is installed for the URL."""
        try:
            from fsspec.core import url_to_fs

            found: tuple[Any, str] = url_to_fs(self.url)
        except (ImportError, ValueError) as error:
            raise UserError(
                f"cannot open a store at {self.url}: {self._without_secrets(error)}; URLs need pip install "
                "'miaudit[ray]' and the package for their kind, such as s3fs, gcsfs or adlfs"
            ) from None
        return found

    def has(self, key: str) -> bool:
        """Is there an entry behind the URL? It may still turn out damaged when read."""
        with self._at(key) as (files, name):
            try:
                files.info(name)
            except FileNotFoundError:
                return False
            return True

    def put(self, key: str, tensors: Tensors, description: dict[str, Any]) -> None:
        """Write an entry behind the URL, whole or not at all; raises UserError if that is not possible."""
        content = encoded(tensors, description)
        with self._at(key) as (files, name):
            if self.url.partition("://")[0] in WHOLE:
                files.pipe_file(name, content)
                return
            files.makedirs(files._parent(name), exist_ok=True)
            part = f"{name}.{secrets.token_hex(8)}{PART}"
            files.pipe_file(part, content)
            self._move(files, part, name)

    def _move(self, files: Any, part: str, name: str) -> None:
        try:
            files.mv(part, name)
        except Exception:
            files.rm_file(part)
            # Some systems move nothing onto a file: another process was faster, with the same content.
            if not files.exists(name):
                raise

    def get(self, key: str) -> Tensors | None:
        """The entry's tensors; None if there is none, or (with a warning) if it is damaged."""
        if not self.has(key):
            return None
        with suppress(UserError):  # a copy that cannot be read is fetched again
            near = self.near.get(key)
            if near is not None:
                return near
        with self._at(key) as (files, name):
            content = files.cat_file(name)
            tensors = decoded(content)
        if tensors is None:
            self.discard(key)
            return None
        with suppress(UserError):  # a missing copy costs time only
            write_atomically(self.near.path(key), content)
        return tensors

    def discard(self, key: str) -> None:
        """Remove a damaged entry and the copy of it on this machine, with a warning."""
        warnings.warn(printable(f"{self.url} {key} is damaged and will be made again"), stacklevel=3)
        with suppress(OSError):
            self.near.path(key).unlink(missing_ok=True)
        with self._at(key) as (files, name), suppress(FileNotFoundError):
            files.rm_file(name)

    def description(self, key: str) -> dict[str, Any] | None:
        """The description of an entry, read from its header alone; None if there is no entry, or it is damaged."""
        with self._at(key) as (files, name):
            return _description(files, name)

    def mark_used(self, key: str) -> None:
        """Mark the copy on this machine as used; entries behind the URL have no such mark."""
        self.near.mark_used(key)

    def entries(self) -> list[Entry]:
        """All entries behind the URL, those changed longest ago first."""
        with self._files() as (files, folder):
            try:
                found = files.find(folder, detail=True)
            except FileNotFoundError:
                return []
            wanted = {path: info for path, info in found.items() if path.endswith((SUFFIX, PART))}
            listed = [self._entry(files, folder, path, info) for path, info in wanted.items()]
        return sorted(listed, key=lambda entry: (entry.used, entry.name))

    def is_sound(self, entry: Entry) -> bool:
        """Is the entry what was written? Reads all of it; raises FileNotFoundError if it was removed meanwhile."""
        with self._files() as (files, folder):
            return decoded(files.cat_file(f"{folder}/{entry.name}")) is not None

    def remove(self, entries: Iterable[Entry]) -> None:
        """Delete entries behind the URL; raises UserError if that is not allowed."""
        with self._files() as (files, folder):
            for entry in entries:
                with suppress(FileNotFoundError):
                    files.rm_file(f"{folder}/{entry.name}")

    def _entry(self, files: Any, folder: str, path: str, info: dict[str, Any]) -> Entry:
        name = str(PurePosixPath(path).relative_to(folder))
        description = (_description(files, path) if path.endswith(SUFFIX) else None) or {}
        return Entry(name, _kind(name, description), int(info.get("size") or 0), _changed(info), description)

    @contextmanager
    def _at(self, key: str) -> Iterator[tuple[Any, str]]:
        """The file system and the entry's name in it."""
        with self._files() as (files, folder):
            yield files, f"{folder}/{key[:2]}/{key}{SUFFIX}"

    @contextmanager
    def _files(self) -> Iterator[tuple[Any, str]]:
        """The file system and the store's folder in it."""
        files, folder = self.connect()
        try:
            yield files, folder.rstrip("/")
        except FileNotFoundError:
            raise
        except Exception as error:  # every driver has errors of its own
            raise UserError(
                f"the store {self.url} cannot be used: {type(error).__name__}: {self._without_secrets(error)} "
                "(finished work is kept)"
            ) from None  # the driver's own error may hold the password

    def _without_secrets(self, error: Exception) -> str:
        """A driver's message without the password, which it may quote alone or within the URL."""
        secret = urlsplit(self.url).password
        told = str(error).replace(self.url, without_secrets(self.url))
        return told.replace(secret, "***") if secret else told


def _description(files: Any, name: str) -> dict[str, Any] | None:
    try:
        length = min(int.from_bytes(files.cat_file(name, 0, LENGTH_BYTES), "little"), LONGEST_HEADER)
        header = json.loads(files.cat_file(name, LENGTH_BYTES, LENGTH_BYTES + length))
    except (FileNotFoundError, ValueError):
        return None
    return described(header.get("__metadata__", {})) if isinstance(header, dict) else None


def _kind(name: str, description: dict[str, Any]) -> EntryKind:
    return "leftover" if name.endswith(PART) else STATED.get(description.get("kind"), "unreadable")


def _changed(info: dict[str, Any]) -> float:
    """When a file was last changed, in seconds since the epoch, if the driver gives it; else 0."""
    found = next((info[name] for name in CHANGED if info.get(name) is not None), 0.0)
    if isinstance(found, datetime):
        return found.timestamp()
    return float(found) if isinstance(found, int | float) else 0.0
