"""Views of tables of numbers: small noise, and single values of categories and whole numbers drawn anew."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple, Self

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

from miaudit.arrays import Bools, Floats, Ints
from miaudit.features.base import Inputs
from miaudit.views.base import Given, Maker, blocks, is_array
from miaudit.views.draws import donors, some, uniforms

NOISE = 0.1  # standard deviation of the noise, in those of the column
CHANGED = 0.05  # share of a record's categories and whole numbers that a view changes, at least one


@dataclass(frozen=True, eq=False)
class Numbers(Maker):
    """Noise on columns of fractions; a category or a whole number takes another record's value; a bit is flipped.

    The 0/1 columns of one category take the other record's values together, so that they stay a valid coding.
    """

    spread: Floats  # (p,) standard deviation of each column of fractions; 0 for the others
    unit: Ints  # (p,) the category or whole number that a column belongs to; -1 for fractions
    flips: Floats  # (p,) the sum of the two values of a column of bits; NaN for the others
    seed: int

    @classmethod
    def of(cls, given: Given) -> Self | None:
        """Views of arrays (N, p)."""
        x = given.x
        if not is_array(x) or len(x.shape) != 2 or not x.shape[1]:
            return None
        about = columns_of(x)
        unit = _units(x, about, given.names)
        alone = np.isin(unit, np.flatnonzero(np.bincount(unit[unit >= 0], minlength=1) == 1))
        flips = np.where(about.two_valued & alone, about.low + about.high, np.nan)
        return cls(np.where(unit < 0, about.spread, 0.0), unit, flips, given.seed)

    @property
    def words(self) -> str:
        """How these views differ from the record, as pages say it."""
        noise = [f"noise of {NOISE:g} standard deviations on numbers"] * bool((self.unit < 0).any())
        others = [f"about {CHANGED:.0%} of the categories and whole numbers drawn anew"] * bool((self.unit >= 0).any())
        return ", ".join([*noise, *others])

    def view(self, x: Inputs, rows: Ints, number: int) -> Inputs:
        """The records (n, p) with noise, and with some of their values drawn anew."""
        own = np.asarray(x[rows])
        changed = self._changed(rows, number)
        other = np.asarray(x[donors(rows, len(x), self.seed, "other", number)])
        new = np.where(np.isnan(self.flips), other, self.flips - own)
        noise = ndtri(uniforms(rows, own.shape[1], self.seed, "noise", number)) * (NOISE * self.spread)
        return (np.where(changed, new, own) + noise).astype(own.dtype)

    def _changed(self, rows: Ints, number: int) -> Bools:
        """(n, p) the columns whose values are drawn anew: whole units, at least one of each record."""
        units = int(self.unit.max()) + 1
        if not units:
            return np.zeros((len(rows), len(self.unit)), dtype=bool)
        chosen = some(uniforms(rows, units, self.seed, "changed", number), CHANGED)
        return np.column_stack([chosen, np.zeros(len(rows), dtype=bool)])[:, self.unit]  # -1 is the last column


class Columns(NamedTuple):
    """What the columns of a table hold."""

    low: Floats  # (p,)
    high: Floats  # (p,)
    spread: Floats  # (p,) standard deviation
    two_valued: Bools  # (p,)
    whole: Bools  # (p,) whole numbers alone


def _parts(x: Inputs) -> Iterator[npt.NDArray[Any]]:
    for rows in blocks(np.arange(len(x))):
        part = np.asarray(x[rows])
        yield part.reshape(len(part), -1)


def columns_of(x: Inputs) -> Columns:
    """Look through all records (N, ...), of p values each, twice, a block at a time."""
    size = int(np.prod(x.shape[1:]))
    low, high = np.full(size, np.inf), np.full(size, -np.inf)
    total, known = np.zeros(len(low)), np.zeros(len(low))
    for part in _parts(x):
        low, high = np.fmin(low, np.fmin.reduce(part)), np.fmax(high, np.fmax.reduce(part))
        total += np.nansum(part, axis=0, dtype=np.float64)
        known += np.count_nonzero(~np.isnan(part), axis=0)
    known = np.maximum(known, 1.0)
    mean, squares = total / known, np.zeros(len(low))
    two, whole = high > low, high > low
    for part in _parts(x):
        squares += np.nansum(np.square(part - mean), axis=0)
        two &= ((part == low) | (part == high)).all(axis=0)
        whole &= (part == np.round(part)).all(axis=0)
    return Columns(low, high, np.sqrt(squares / known), two, whole)


def _units(x: Inputs, about: Columns, names: tuple[str, ...]) -> Ints:
    """(p,) number of the category, bit or whole number that each column is or belongs to; -1 for fractions."""
    named = [name.partition("=")[0] if "=" in name else "" for name in names] or [""] * len(about.low)
    zero_one = about.two_valued & (about.low == 0) & (about.high == 1)
    together = _one_hot(x, zero_one & np.array([not name for name in named]))
    unit, units = np.full(len(named), -1, dtype=np.int64), dict[str, int]()
    for column, name in enumerate(named):
        if name and about.two_valued[column]:
            unit[column] = units.setdefault(f"named {name}", len(units))
        elif together[column] >= 0:
            unit[column] = units.setdefault(f"together {together[column]}", len(units))
        elif about.two_valued[column] or about.whole[column]:
            unit[column] = units.setdefault(f"alone {column}", len(units))
    return unit


def _one_hot(x: Inputs, able: Bools) -> Ints:
    """(p,) the first column of the run of 0/1 columns of which each record has one 1, where a column is in one."""
    group, start = np.full(len(able), -1, dtype=np.int64), 0
    values = np.concatenate([np.asarray(part, dtype=np.float32)[:, able] == 1 for part in _parts(x)])
    places = np.flatnonzero(able)
    while start < len(places):
        end, seen = start, np.zeros(len(values), dtype=np.int64)
        while end < len(places) and places[end] - places[start] == end - start and not (seen > 1).any():
            seen += values[:, end]
            end += 1
            if (seen == 1).all():
                group[places[start:end]] = places[start]
                break
        start = end if group[places[start]] >= 0 else start + 1
    return group
