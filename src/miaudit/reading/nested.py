"""Splits columns that hold several values per row into one column for each value."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa

from miaudit.memory import check_memory
from miaudit.reading.columns import Columns

LISTED = re.compile(r"(?:DenseVector\()?\[([^\[\]]*)\]\)?")  # as Spark, pandas and NumPy write a vector as text
CELL = 8  # bytes of a number


def spread(columns: Columns) -> Columns:
    """Split lists of numbers into `name[0]`, ..., records into `name.field`, name-number pairs into `name.NAME`.

    Lists of different lengths, and whatever else is nested, stay as they are.
    """
    arrays = dict(part for name, array in columns.arrays.items() for part in _spread(name, array))
    return replace(columns, arrays=arrays)


def _spread(name: str, array: Any) -> Iterator[tuple[str, Any]]:
    kind = array.type
    found: dict[str, Any] = {}
    if pa.types.is_string(kind) and len(array) and LISTED.fullmatch(str(array[0].as_py()).strip()):
        found = _of_vectors(name, _parsed(array.to_pylist()))
    elif pa.types.is_struct(kind) and kind.num_fields > 1:
        found = {f"{name}.{field.name}": _field(array, field.name) for field in kind}
    elif pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind):
        found = _of_pairs(name, array) if pa.types.is_struct(kind.value_type) else _of_vectors(name, array.to_pylist())
    yield from found.items() if found else [(name, array)]


def _field(array: Any, name: str) -> Any:
    return pa.chunked_array([chunk.field(name) for chunk in array.chunks])


def _parsed(cells: list[str | None]) -> list[list[float] | None]:
    """The vectors that cells of text hold; None if one cell holds no vector."""
    parsed: list[list[float] | None] = []
    for cell in cells:
        match = None if cell is None else LISTED.fullmatch(cell.strip())
        if match is None:
            return []
        try:
            parsed.append([float(word) for word in re.split(r"[\s,;]+", match[1].strip(" ,;\t\r\n"))])
        except ValueError:
            return []
    return parsed


def _of_vectors(name: str, vectors: list[Any]) -> dict[str, Any]:
    """One column per position, where all vectors hold numbers and have the same length of two or more."""
    lengths = {len(vector) if vector is not None else 0 for vector in vectors}
    if len(lengths) != 1 or min(lengths) < 2:
        return {}
    width = lengths.pop()
    check_memory(len(vectors) * width * CELL, f"{len(vectors):,} lists of {width:,} numbers", "write fewer of them")
    numbers = np.array(vectors)
    if numbers.dtype.kind not in "iuf":
        return {}
    return {f"{name}[{c}]": pa.chunked_array([np.ascontiguousarray(numbers[:, c])]) for c in range(width)}


def _of_pairs(name: str, array: Any) -> dict[str, Any]:
    """One column per name, from lists such as [{label: yes, score: 0.9}, {label: no, score: 0.1}]."""
    fields = list(array.type.value_type)
    texts = [field.name for field in fields if pa.types.is_string(field.type)]
    numbers = [field.name for field in fields if pa.types.is_floating(field.type)]
    if len(texts) != 1 or len(numbers) != 1:
        return {}
    rows = [_named(row or [], texts[0], numbers[0]) for row in array.to_pylist()]
    names = dict.fromkeys(key for row in rows for key in row)
    return {f"{name}.{key}": pa.chunked_array([[row.get(key) for row in rows]], pa.float64()) for key in names}


def _named(pairs: Iterable[Any], name: str, number: str) -> dict[str, float]:
    return {str(pair[name]): pair[number] for pair in pairs if pair is not None}
