"""Reads the many words that people write for member and non-member."""

from typing import Any

import numpy as np
import numpy.typing as npt

from miaudit.arrays import Floats
from miaudit.errors import UserError
from miaudit.messages import shortened
from miaudit.reading.columns import Columns

NUMBERS = {"1": 1.0, "0": 0.0, "1.0": 1.0, "0.0": 0.0, "true": 1.0, "false": 0.0}
WORDS = {  # member, then non-member
    "yes": 1.0,
    "no": 0.0,
    "train": 1.0,
    "test": 0.0,
    "in": 1.0,
    "out": 0.0,
    "member": 1.0,
    "nonmember": 0.0,
    "non-member": 0.0,
    "t": 1.0,
    "f": 0.0,
}
FLAGS = NUMBERS | WORDS


def flags(columns: Columns, name: str) -> Floats:
    """Read a column as 1 and 0 (n,), NaN where a cell is blank; raises UserError for any other word or number."""
    if not columns.is_text(name) and str(columns.arrays[name].type) != "bool":
        return columns.numbers(name)
    meanings = {text: _flag(name, text) for text in set(columns.texts(name).tolist())}
    return np.array([meanings[text] for text in columns.texts(name)], dtype=np.float64)


def words_told(columns: Columns, name: str) -> tuple[str, ...]:
    """Say in a sentence which words of a column stand for members and non-members."""
    if name not in columns.arrays or not columns.is_text(name):
        return ()
    used: npt.NDArray[Any] = columns.texts(name)
    words = sorted({text for text in used if text is not None and text.lower() in WORDS})
    if not words:
        return ()
    said = ", ".join(f"{word!r} for {'a member' if FLAGS[word.lower()] else 'a non-member'}" for word in words)
    return (f"Column {name!r} has {said}.",)


def _flag(name: str, text: str | None) -> float:
    if not text:
        return np.nan
    if text.lower() not in FLAGS:
        raise UserError(
            f"column {name}: expected 1 or 0, true or false, or blank, got {shortened(text)}; these words "
            "are read, too: "
            f"{', '.join(WORDS)}"
        )
    return FLAGS[text.lower()]
