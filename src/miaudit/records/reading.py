"""Settings of how the records of an audit are read, as the model under audit needs them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

Told = Callable[[str, int, int], None]  # told what is read, how many records of it are, and of how many


def unheard(stage: str, done: int, total: int) -> None:
    """Take note of no progress: for callers who show none."""


def doubles(x: Any) -> type:
    """Double precision, whatever the numbers."""
    del x
    return np.float64


def own_precision(x: Any) -> type:
    """Single precision for numbers (n, ...) that have no more than that; double precision for all others."""
    dtype = getattr(x, "dtype", np.dtype(np.float64))
    return np.float32 if dtype.kind == "f" and dtype.itemsize <= np.dtype(np.float32).itemsize else np.float64


def never(x: Any) -> bool:
    """False, for a model that reads the numbers of a table without their names."""
    del x
    return False


@dataclass(frozen=True)
class Reading:
    """The form in which the model needs its records, and the labels that it knows."""

    dtype_for: Callable[[Any], type] = doubles  # the type that numbers (n, ...) get
    known: Any = None  # (K,) labels that the model knows; None where it knows only their numbers
    may_lack_x: bool = False  # are labels alone enough?
    keeps_table: Callable[[Any], bool] = never  # does it want this table of plain numbers, since it asks for columns?
    columns: tuple[str, ...] = ()  # names of the columns that it was trained on, in order; none where it has kept none
    text_is_categories: bool = False  # are columns of text given as categories?
    progress: Told = unheard

    @property
    def dtype(self) -> type:
        """The type that floating-point numbers get."""
        return self.dtype_for(np.empty(0))
