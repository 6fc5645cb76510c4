"""A store behind a URL: object stores, SFTP, HDFS and whatever else fsspec speaks to.

Object stores show an object whole or not at all; elsewhere an entry is written under another name and moved. What is
read is checked against the hash in its header, as in a local store.
"""

import json
import secrets
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from safetensors.numpy import load

from miaudit.arrays import Tensors
from miaudit.errors import UserError
from miaudit.files import PART, write_atomically
from miaudit.messages import printable, without_secrets
from miaudit.store.checkpoints import UNREADABLE, Store, default_store, described, digest, encoded

WHOLE = {"s3", "s3a", "gs", "gcs", "abfs", "abfss", "az", "adl", "oci", "oss", "memory"}  # a put is atomic
LENGTH_BYTES = 8  # a safetensors file begins with the length of its header
LONGEST_HEADER = 100_000_000  # bytes, as safetensors has it: in a damaged file the length may be anything


def open_store(location: str | Path | None = None) -> Store:
    """The store in a folder or behind a URL such as `s3://bucket/folder`.

    None is for the folder that `MIAUDIT_STORE` names, else one in the user's cache.

    Raises:
        UserError: nothing that speaks to this kind of URL is installed.
    """
    if location is None:
        return Store(default_store())
    scheme, separator, rest = str(location).partition("://")
    if not separator:
        return Store(Path(location))
    if scheme in ("file", "local"):
        return Store(Path(rest))
    if scheme == "memory":
        raise UserError(f"{location} is one process's memory: expected a folder, or a URL that all processes reach")
    store = RemoteStore(default_store(), str(location))
    store.connect()
    return store


def location_of(store: Store) -> str:
    """What `open_store` opens the store by on another machine."""
    return store.url if isinstance(store, RemoteStore) else str(store.root.resolve())


@dataclass(frozen=True)
class RemoteStore(Store):
    """Entries under a URL; `root` is a folder of this machine, for copies of what was read and for data arrays."""

    url: str = field(default="", repr=False)  # may hold a password

    def connect(self) -> tuple[Any, str]:
        """The file system, and the folder's path in it; raises UserError where none is installed for the URL."""
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
        """Write an entry behind the URL, atomically; raises UserError where that is not possible."""
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
        """The entry's tensors; None where there is none, or (with a warning) where it is damaged."""
        if not self.has(key):
            return None
        with suppress(UserError):  # a copy that cannot be read is fetched again
            near = Store(self.root).get(key)
            if near is not None:
                return near
        with self._at(key) as (files, name):
            content = files.cat_file(name)
            tensors = decoded(content)
        if tensors is None:
            self.discard(key)
            return None
        with suppress(UserError):  # a copy saves time, no more
            write_atomically(self.path(key), content)
        return tensors

    def discard(self, key: str) -> None:
        """Remove an entry that is not what it should be, and the copy of it here, with a warning."""
        warnings.warn(printable(f"{self.url} {key} is damaged and will be made again"), stacklevel=3)
        with suppress(OSError):
            self.path(key).unlink(missing_ok=True)
        with self._at(key) as (files, name), suppress(FileNotFoundError):
            files.rm_file(name)

    def description(self, key: str) -> dict[str, Any] | None:
        """What an entry says of itself, from its header alone; None where there is none, or it is damaged."""
        with self._at(key) as (files, name):
            try:
                length = min(int.from_bytes(files.cat_file(name, 0, LENGTH_BYTES), "little"), LONGEST_HEADER)
                header = json.loads(files.cat_file(name, LENGTH_BYTES, LENGTH_BYTES + length))
            except (FileNotFoundError, ValueError):
                return None
        return described(header.get("__metadata__", {})) if isinstance(header, dict) else None

    @contextmanager
    def _at(self, key: str) -> Iterator[tuple[Any, str]]:
        """The file system and the entry's name in it."""
        files, folder = self.connect()
        try:
            yield files, f"{folder.rstrip('/')}/{key[:2]}/{key}.safetensors"
        except Exception as error:  # every driver has errors of its own
            raise UserError(
                f"the store {self.url} cannot be used: {type(error).__name__}: {self._without_secrets(error)} "
                "(finished work is kept)"
            ) from None  # the driver's own error may hold the password

    def _without_secrets(self, error: Exception) -> str:
        """What a driver says, which may quote the URL or the password alone."""
        secret = urlsplit(self.url).password
        told = str(error).replace(self.url, without_secrets(self.url))
        return told.replace(secret, "***") if secret else told


def decoded(content: bytes) -> Tensors | None:
    """The tensors of an entry's file; None where it is damaged."""
    try:
        header = json.loads(content[LENGTH_BYTES : LENGTH_BYTES + int.from_bytes(content[:LENGTH_BYTES], "little")])
        tensors: Tensors = load(content)
        return tensors if digest(tensors) == header["__metadata__"]["sha256"] else None
    except UNREADABLE:
        return None
