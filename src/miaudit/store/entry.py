"""The format of an entry: a safetensors file whose header holds a JSON description and the SHA-256 of the tensors."""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import load, save

from miaudit.arrays import Tensors
from miaudit.errors import UserError

SUFFIX = ".safetensors"
LENGTH_BYTES = 8  # a safetensors file begins with the length of its header

# Types of the facts that miaudit writes; a file with others was not written by it.
FACTS: dict[str, tuple[type, ...]] = {
    "kind": (str,),
    "recipe_fields": (dict,),
    "rows_count": (int,),
    "validation_count": (int,),
    "unlabelled_count": (int,),
    "wanted_count": (int,),
    "seconds": (int, float, type(None)),
    "records": (int,),
    **dict.fromkeys(("epoch", "epochs", "samples"), (int,)),
    **dict.fromkeys(
        ("data", "job", "query", "recipe", "rows", "validation", "unlabelled", "wanted", "seed", "code"), (str,)
    ),
}
# All that safetensors and numpy raise on files of another format, or with types that numpy lacks.
UNREADABLE = (SafetensorError, ValueError, TypeError, AttributeError, KeyError, OverflowError, MemoryError)


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Read a file within the block; raises UserError where the system refuses, since the content may still be intact.

    Raises:
        FileNotFoundError: there is no such file.
        UserError: it cannot be read for another reason, such as permissions or too many open files.
    """
    try:
        path.open("rb").close()  # first, since safetensors says of every file that it cannot open that it is missing
        yield
    except FileNotFoundError:
        raise
    except OSError as error:
        raise UserError(f"cannot read {path}: {error.strerror or error}") from error


def read_entry(path: Path) -> Tensors | None:
    """The tensors of an entry's file; None if they are not what was written. Raises as `reading` does."""
    try:
        with reading(path), safe_open(path, framework="np") as file:
            tensors = {name: file.get_tensor(name) for name in list(file.keys())}
            expected = (file.metadata() or {}).get("sha256")
    except UNREADABLE:
        return None
    return tensors if expected is not None and digest(tensors) == expected else None


def read_description(path: Path) -> dict[str, Any] | None:
    """The description in an entry's header; None if it is damaged. Raises as `reading` does."""
    try:
        with reading(path), safe_open(path, framework="np") as file:
            return described(file.metadata() or {})
    except UNREADABLE:
        return None


def described(metadata: dict[str, str]) -> dict[str, Any] | None:
    """The description in a header's metadata; None if it is damaged."""
    try:
        found = json.loads(metadata["description"])
    except (ValueError, KeyError, RecursionError):
        return None
    return found if isinstance(found, dict) and all(map(_is_meant, found.items())) else None


def _is_meant(fact: tuple[str, Any]) -> bool:
    """Does the fact have the type with which miaudit writes it?"""
    name, value = fact
    return isinstance(value, FACTS.get(name, (object,)))


def encoded(tensors: Tensors, description: dict[str, Any]) -> bytes:
    """The content of an entry's file; raises UserError where the format has no such type of numbers."""
    arrays = {name: np.ascontiguousarray(array) for name, array in tensors.items()}
    header = {"description": json.dumps(description, sort_keys=True), "sha256": digest(arrays)}
    try:
        return save(arrays, metadata=header)
    except SafetensorError as error:
        raise UserError(f"a store cannot hold these tensors: {error}") from error


def decoded(content: bytes) -> Tensors | None:
    """The tensors in the content of an entry's file; None if it is damaged."""
    try:
        header = json.loads(content[LENGTH_BYTES : LENGTH_BYTES + int.from_bytes(content[:LENGTH_BYTES], "little")])
        tensors: Tensors = load(content)
        return tensors if digest(tensors) == header["__metadata__"]["sha256"] else None
    except UNREADABLE:
        return None


def digest(tensors: Tensors) -> str:
    """SHA-256 over names, types, shapes and bytes."""
    total = hashlib.sha256()
    for name in sorted(tensors):
        array = np.ascontiguousarray(tensors[name])
        total.update(f"{name} {array.dtype.str} {array.shape};".encode())
        total.update(array.tobytes())
    return total.hexdigest()
