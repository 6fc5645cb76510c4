"""Small damage to valid content, drawn at random: to bytes, to text, to values of plain structures."""

import copy
from collections.abc import Iterator
from typing import Any

from numpy.random import Generator

HOSTILE_TEXT = (
    "",
    " ",
    "nan",
    "inf",
    "-1",
    "1e999",
    "1e-400",
    str(2**53 + 1),
    str(2**63),
    "9" * 400,
    "9" * 5000,
    "0x" + "f" * 300,
    "0.5",
    "?",
    "yes",
    "train",
    "[bold]x[/nope]",
    "\x1b[31mred\x1b[0m",
    "\x9b31mred",
    "\x07",
    "a\u202eb",
    "x" * 5000,
    "\u00e9",
    "'",
    '"',
    "=1+1",
    "../../etc/passwd",
    "%s%n{0}",
    "0,5",
    "1,234",
    "null",
    "True",
)
HOSTILE_VALUES: tuple[Any, ...] = (
    None,
    True,
    -1,
    0,
    1e999,
    float("nan"),
    2**53 + 1,
    2**63,
    10**18,
    10**30,
    0.5,
    "",
    "x" * 3000,
    "\x1b[31m",
    "[/bold]",
    [],
    {},
    [[[[]]]],
    {"name": "pool"},
    {"a": {"b": {"c": 1}}},
    [1, "two", None],
    ["lira"] * 2000,
    {f"k{i}": i for i in range(2000)},
)
MAGIC = (
    b"\0",
    b"\xff",
    b"\xff\xff\xff\x7f",
    b"\x80",
    b"PAR1",
    b"\x1f\x8b",
    b"\n",
    b",",
    b'"',
    b"\x1b[2J",
    b"\xef\xbb\xbf",
)


def damaged_bytes(content: bytes, rng: Generator) -> bytes:
    """A few bytes changed, removed, doubled or cut off."""
    kind, at = rng.integers(6), int(rng.integers(max(len(content), 1)))
    length = int(rng.integers(1, 1 + min(64, max(len(content), 1))))
    if kind == 0:
        return content[:at]
    if kind == 1:
        return content[:at] + content[at + length :]
    if kind == 2:
        return content[: at + length] + content[at:]
    if kind == 3:
        return content[:at] + MAGIC[rng.integers(len(MAGIC))] + content[at:]
    if kind == 4:
        return content[:at] + rng.bytes(length) + content[at + length :]
    flipped = bytearray(content)
    for place in rng.integers(max(len(content), 1), size=8) if content else ():
        flipped[place] ^= 1 << int(rng.integers(8))
    return bytes(flipped)


def damaged_table(rows: list[list[str]], rng: Generator) -> list[list[str]]:
    """A cell, a column's name, a row or a column of a table of text changed."""
    rows = [list(row) for row in rows]
    kind, r, c = rng.integers(7), int(rng.integers(len(rows))), int(rng.integers(len(rows[0])))
    word = HOSTILE_TEXT[rng.integers(len(HOSTILE_TEXT))]
    if kind == 0:
        rows[r][c] = word
    elif kind == 1:
        rows[0][c] = word
    elif kind == 2:
        for row in rows[1:]:
            row[c] = word
    elif kind == 3:
        rows = [[cell for k, cell in enumerate(row) if k != c] for row in rows]
    elif kind == 4:
        rows = [[*row, row[c]] for row in rows]
    elif kind == 5:
        rows[r] = rows[r][:c]
    else:
        rows = [rows[0], *[rows[r]] * 3] if r else rows[:1]
    return rows


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The paths to all values within plain structures."""
    for key, below in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield (*path, key)
        yield from places(below, (*path, key))


def damaged_structure(value: Any, rng: Generator) -> Any:
    """One value within plain structures replaced, removed, or its key misspelt."""
    changed = copy.deepcopy(value)
    paths = list(places(changed))
    *above, key = paths[rng.integers(len(paths))]
    holder = changed
    for step in above:
        holder = holder[step]
    kind = rng.integers(4)
    if kind < 2:
        holder[key] = HOSTILE_VALUES[rng.integers(len(HOSTILE_VALUES))]
    elif kind == 2 or not isinstance(holder, dict):
        del holder[key]
    else:
        holder[f"{key}x"] = holder.pop(key)
    return changed
