"""Reads the words that people write for member and non-member."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from miaudit.arrays import Floats
from miaudit.errors import UserError
from miaudit.evidence.io.names import OTHERS, plain
from miaudit.messages import listed, shortened
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
PARTS = {  # words of parts of a data set
    "training": 1.0,
    "testing": 0.0,
    "trn": 1.0,
    "tst": 0.0,
    "train set": 1.0,
    "test set": 0.0,
    "trainset": 1.0,
    "testset": 0.0,
    "training set": 1.0,
    "members": 1.0,
    "nonmembers": 0.0,
    "non_member": 0.0,
    "not member": 0.0,
    "holdout": 0.0,
    "held-out": 0.0,
    "hold-out": 0.0,
}
FURTHER = {  # spreadsheets write words of their own language
    "y": 1.0,
    "n": 0.0,
    "seen": 1.0,
    "unseen": 0.0,
    "wahr": 1.0,
    "falsch": 0.0,
    "vrai": 1.0,
    "faux": 0.0,
    "ja": 1.0,
    "nein": 0.0,
    "oui": 1.0,
    "non": 0.0,
    "si": 1.0,
    "sí": 1.0,
}
PART_WORDS = {"train", "test", "member", "nonmember", "non-member", *PARTS}
FLAGS = NUMBERS | WORDS | PARTS | FURTHER


def flags(columns: Columns, name: str, value: str | None = None) -> Floats:
    """Read membership (n,) as 1 and 0, NaN where the cell is blank.

    Args:
        columns: the columns of the table.
        name: the name of the column.
        value: the value of members, all others being non-members; None for the usual words and numbers.

    Raises:
        UserError: a word or number means neither, or no record has the value.
    """
    if value is not None:
        return _equal(columns, name, value)
    if not columns.is_text(name) and str(columns.arrays[name].type) != "bool":
        numbers = columns.numbers(name)
        _refuse_codes(name, set(numbers[~np.isnan(numbers)].tolist()))
        return 1 - numbers if _is_turned(name, set()) else numbers
    words = {text for text in columns.texts(name).tolist() if text is not None}
    _refuse_codes(name, {float(word) for word in words} if words == {"1", "2"} else set())
    meanings: dict[str | None, float] = {None: np.nan} | {text: _flag(name, text) for text in words}
    members = np.array([meanings[text] for text in columns.texts(name)], dtype=np.float64)
    return 1 - members if _is_turned(name, words) else members


def reads_as_flags(columns: Columns, name: str, only_parts: bool = False) -> bool:
    """Do the values of the column tell members from others? With `only_parts`, by words for parts of the data alone."""
    if pa.types.is_nested(columns.arrays[name].type) or (only_parts and not columns.is_text(name)):
        return False
    values = pc.unique(columns.arrays[name].combine_chunks()).drop_null().to_pylist()[: len(FLAGS) + 1]
    words = {str(value).strip().lower() for value in values} - {""}
    if only_parts:
        return len(words) == 2 and words <= PART_WORDS
    return bool(words) and (words <= set(FLAGS) or words == {"1", "2"} or bool(words & PART_WORDS))


def _equal(columns: Columns, name: str, value: str) -> Floats:
    texts = columns.texts(name).tolist()
    if value not in texts:
        came = listed(dict.fromkeys(text for text in texts if text is not None))
        raise UserError(f"--member {name}={value}: expected the value of the members in column {name!r}, got {came}")
    return np.array([np.nan if text is None else float(text == value) for text in texts])


def _is_turned(name: str, words: set[str]) -> bool:
    """Does a yes stand for the others, as in a column `test`? Words such as `train` mean the same in every column."""
    return plain(name) in OTHERS and not {word.lower() for word in words} & PART_WORDS


def _refuse_codes(name: str, numbers: set[float]) -> None:
    """Raise UserError where members are 1 or 2: programs number the two in either order."""
    if numbers == {1.0, 2.0}:
        raise UserError(
            f"column {name}: expected 1 for members and 0 for others, got 1 and 2, of which either may be the members; "
            f"say which by --member {name}=1 or --member {name}=2"
        )


def words_told(columns: Columns, name: str) -> tuple[str, ...]:
    """A sentence on how the words in a column were read."""
    if name not in columns.arrays or not columns.is_text(name):
        return ()
    used: npt.NDArray[Any] = columns.texts(name)
    words = sorted(
        {text for text in used if text is not None and text.lower() in FLAGS and text.lower() not in NUMBERS}
    )
    if not words:
        return ()
    yes = 0.0 if _is_turned(name, set(words)) else 1.0
    said = ", ".join(f"{word!r} for {'a member' if FLAGS[word.lower()] == yes else 'a non-member'}" for word in words)
    return (f"Column {name!r} has {said}.",)


def _flag(name: str, text: str) -> float:
    if text.lower() not in FLAGS:
        raise UserError(
            f"column {name}: expected 1 or 0, true or false, or blank, got {shortened(text)}; these words "
            f"are read, too: {', '.join(WORDS)}; or name the members' value by --member {name}=VALUE"
        )
    return FLAGS[text.lower()]
