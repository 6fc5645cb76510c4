"""Columns of numbers or text as the page carries them: deflated, in base64. `columns.js` reads them."""

import base64
import zlib
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from miaudit.arrays import Floats, Ints

TINY, HUGE = 1e-37, 3e38  # single precision holds nothing beyond
DROPPED = 5  # of the 23 binary digits behind the point in single precision: 2**-19 of a number at most is lost
LEVEL = 6  # of zlib: the highest, 9, takes ten times as long and saves a hundredth of the page
TYPES = {"u1": "<u1", "u2": "<u2", "u4": "<u4", "f4": "<f4", "f8": "<f8"}  # the names are those of columns.js


class Packed(NamedTuple):
    """One column of the page."""

    type: str  # of its values: a key of TYPES, or "text"
    data: str

    def as_json(self) -> dict[str, str]:
        """The column as the page's script expects it."""
        return self._asdict()


def numbers(values: npt.NDArray[Any], kind: str) -> Packed:
    """Pack numbers (n,) as one of TYPES: the lowest byte of each, then the next ones, since like bytes deflate well."""
    each = np.ascontiguousarray(values, dtype=TYPES[kind])
    return Packed(kind, _deflated(each.view(np.uint8).reshape(len(each), each.itemsize).T.tobytes()))


def counts(values: Ints) -> Packed:
    """Pack whole numbers (n,) from 0 on in as few bytes as the largest needs."""
    top = int(values.max(initial=0))
    return numbers(values, "u1" if top < 1 << 8 else "u2" if top < 1 << 16 else "u4")


def measured(values: Floats) -> Packed:
    """Pack measured numbers (n,) in single precision to five digits, one more than is printed: the rest is noise.

    Noise does not deflate, and of tens of thousands of records it would be a tenth of the page.
    """
    each = np.ascontiguousarray(values, dtype=TYPES["f4"])
    bits = each.view(np.uint32)
    rounded = ((bits + (1 << (DROPPED - 1))) >> DROPPED << DROPPED).view(np.float32)
    return numbers(np.where(np.isfinite(each), rounded, each), "f4")


def scores(values: Floats) -> Packed:
    """Pack scores (n,) to five digits, or in double precision if a score is extreme."""
    size = np.abs(values[np.isfinite(values) & (values != 0)])
    fits = not len(size) or bool(size.min() > TINY and size.max() < HUGE)
    return measured(values) if fits else numbers(values, "f8")


def text(values: Iterable[object]) -> Packed:
    """Pack texts, a line each; line ends within a text become spaces."""
    lines = (" ".join(str(value).splitlines()) for value in values)
    return Packed("text", _deflated("\n".join(lines).encode()))


def of_any_type(values: Sequence[Any]) -> Packed:
    """Pack the values of a table's column: numbers in double precision, and everything else as text."""
    array = np.asarray([np.nan if value is None else value for value in values])
    if array.dtype.kind in "iuf":
        return numbers(array, "f8")
    return text("" if value is None else value for value in values)


def _deflated(content: bytes) -> str:
    return base64.b64encode(zlib.compress(content, LEVEL)).decode()
