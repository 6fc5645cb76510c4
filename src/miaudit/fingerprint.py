"""Hashes content: equal content has the same hash, any change gives another one."""

import dataclasses
import hashlib
import json
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import numpy as np

LENGTH = 32  # hexadecimal digits kept: 128 bits


class Blocks(NamedTuple):
    """An array that is read block by block along its first axis; its hash is that of the whole array."""

    dtype: np.dtype[Any]
    shape: tuple[int, ...]
    read: Callable[[], Iterable[np.ndarray[Any, Any]]]


def fingerprint(*parts: Any) -> str:
    """Hash of arrays, dataclasses, numbers, strings, None and tuples, lists or dicts of them.

    Raises:
        TypeError: a part is of another type, whose content could not be told from its name.

    >>> fingerprint(np.arange(3)) == fingerprint(np.array([0, 1, 2]))
    True
    >>> fingerprint(1) == fingerprint(1.0)
    False
    """
    digest = hashlib.sha256()
    for part in parts:
        _feed(digest, part)
    return digest.hexdigest()[:LENGTH]


def _feed(digest: "hashlib._Hash", part: Any) -> None:
    if isinstance(part, np.ndarray | Blocks):
        _feed_array(digest, part)
    elif dataclasses.is_dataclass(part) and not isinstance(part, type):
        digest.update(f"{type(part).__module__}.{type(part).__qualname__}{_revision(type(part))}(".encode())
        for field in dataclasses.fields(part):
            if not field.compare:  # not part of the object's content
                continue
            digest.update(f"{field.name}=".encode())
            _feed(digest, getattr(part, field.name))
        digest.update(b")")
    elif isinstance(part, dict):
        digest.update(b"{")
        for key in sorted(part):
            _feed(digest, key)
            _feed(digest, part[key])
        digest.update(b"}")
    elif isinstance(part, tuple | list):
        digest.update(b"[")
        for item in part:
            _feed(digest, item)
        digest.update(b"]")
    elif part is None or isinstance(part, str | int | float | bool):
        digest.update(f"{type(part).__name__} {json.dumps(part)};".encode())
    else:
        raise TypeError(f"cannot fingerprint a {type(part).__name__}: expected arrays, dataclasses or plain values")


def _revision(kind: type) -> str:
    """The whole number `revision`, which a class raises when equal fields come to compute something else."""
    revision = getattr(kind, "revision", None)
    return str(revision) if isinstance(revision, int) else ""


def _feed_array(digest: "hashlib._Hash", array: np.ndarray[Any, Any] | Blocks) -> None:
    digest.update(f"array {array.dtype.str} {array.shape};".encode())
    for block in array.read() if isinstance(array, Blocks) else [array]:
        digest.update(block.reshape(-1).view(np.uint8).data if block.size else b"")
