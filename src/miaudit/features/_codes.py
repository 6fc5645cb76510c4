"""Columns and texts as numbers, for attackers who look at the records and never ask the model."""

import re
import unicodedata
from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from miaudit.arrays import Floats
from miaudit.features._arrow import in_own_types
from miaudit.features.base import Coded

FEW = 20  # categories that get a column each
HASHED = 64  # columns of word counts
DAY = 86_400e6  # microseconds
SPACES = re.compile(r"\s+")


def joined(parts: Sequence[Coded], records: int) -> Coded:
    """Put columns side by side."""
    values = np.column_stack([np.empty((records, 0)), *(part.values for part in parts)])
    return Coded(values, tuple(name for part in parts for name in part.names))


def code_column(name: str, column: Any) -> Coded:
    """A column (n,) of a table as numbers.

    Numbers, truth values and dates (in days) stay one column. Few categories become a column each, many one of codes in
    sorted order; text that hardly repeats becomes lengths and counts. Where a value is missing, a further column says
    so.
    """
    column = in_own_types(column)
    kind = column.type
    if _is_number(kind):
        coded = Coded(_floats(column.cast(pa.float64(), safe=False))[:, None], (name,))
    elif pa.types.is_timestamp(kind) or pa.types.is_date(kind):
        moments = column.cast(pa.timestamp("us"), safe=False).cast(pa.int64())
        coded = Coded(_floats(moments.cast(pa.float64(), safe=False))[:, None] / DAY, (name,))
    else:
        coded = _words(name, [None if value is None else str(value) for value in column.to_pylist()])
    missing = column.is_null(nan_is_null=True).to_numpy().astype(bool)
    if not missing.any() or missing.all():
        return coded
    return Coded(np.column_stack([coded.values, missing.astype(np.float64)]), (*coded.names, f"{name} is missing"))


def _is_number(kind: Any) -> bool:
    types = pa.types
    return bool(
        types.is_boolean(kind)
        or types.is_integer(kind)
        or types.is_floating(kind)
        or types.is_decimal(kind)
        or types.is_null(kind)
    )


def _floats(column: Any) -> Floats:
    values: Floats = column.to_numpy().astype(np.float64)
    return values


def _words(name: str, words: Sequence[str | None]) -> Coded:
    known = [word for word in words if word is not None]
    values = sorted(set(known))
    if len(values) > max(FEW, len(known) // 2):
        return code_texts(["" if word is None else word for word in words], f" of {name}")
    place = {word: code for code, word in enumerate(values)}
    codes = np.array([np.nan if word is None else place[word] for word in words], dtype=np.float64)
    if len(values) > FEW:
        return Coded(codes[:, None], (name,))
    shown = values[1:] if len(values) == 2 else values  # of two, one says it all
    indicators = [(codes == place[word]).astype(np.float64) for word in shown]
    return joined(
        [Coded(each[:, None], (f"{name}={word}",)) for each, word in zip(indicators, shown, strict=True)], len(words)
    )


def code_texts(texts: Sequence[str], of: str = "") -> Coded:
    """Texts (n,) as their lengths, their shares of digits and capitals, and weighted counts of hashed words."""
    from sklearn.feature_extraction.text import HashingVectorizer, TfidfTransformer

    sizes = np.array([max(len(text), 1) for text in texts], dtype=np.float64)
    named = {
        "characters": np.array([len(text) for text in texts], dtype=np.float64),
        "words": np.array([len(text.split()) for text in texts], dtype=np.float64),
        "share of digits": np.array([sum(map(str.isdigit, text)) for text in texts]) / sizes,
        "share of capitals": np.array([sum(map(str.isupper, text)) for text in texts]) / sizes,
    }
    counts = HashingVectorizer(n_features=HASHED, alternate_sign=False, norm=None).transform(texts)
    weighted = TfidfTransformer().fit_transform(counts).toarray()
    names = (*(f"{name}{of}" for name in named), *(f"words of group {group}{of}" for group in range(HASHED)))
    return Coded(np.column_stack([*named.values(), weighted]), names)


def plain_text(text: str) -> str:
    """The text without what copies often differ in: case, blanks, punctuation, ways to write an accent.

    >>> plain_text("  Don't  Panic! ")
    'don t panic'
    """
    folded = unicodedata.normalize("NFKC", text).casefold()
    letters = "".join(sign if sign.isalnum() else " " for sign in folded)
    return SPACES.sub(" ", letters).strip()
