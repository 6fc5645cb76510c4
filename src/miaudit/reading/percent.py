"""Cells such as `45.3%` as numbers."""

from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from miaudit.reading.columns import Columns

MOST_DIGITS = 6


def without_percent_signs(columns: Columns) -> Columns:
    """Turn text columns whose filled cells all end in a percent sign into numbers: `45.3%` becomes 0.453."""
    changed = {name: array for name in columns.names if (array := _numbers(columns, name)) is not None}
    return replace(columns, arrays=columns.arrays | changed) if changed else columns


def _numbers(columns: Columns, name: str) -> Any:
    if not columns.is_text(name):
        return None
    filled = columns.arrays[name].drop_null()
    if not len(filled) or not str(filled[0].as_py()).rstrip().endswith("%"):
        return None
    bare = pc.utf8_trim_whitespace(pc.replace_substring(columns.arrays[name], "%", ""))
    bare = bare if columns.decimal == "." else pc.replace_substring(bare, columns.decimal, ".")
    try:
        values = np.array(bare.cast(pa.float64()).to_numpy())
    except pa.ArrowException:  # some cells are words
        return None
    known = values[~np.isnan(values)]
    digits = next((d for d in range(MOST_DIGITS) if (known.round(d) == known).all()), None)
    shares = values / 100 if digits is None else (values / 100).round(digits + 2)
    return pa.chunked_array([pa.array(shares, from_pandas=True)])
