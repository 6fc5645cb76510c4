"""Finds non-members that are nearly the same as a member: rounded, written otherwise, or with a little noise."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from scipy.spatial import cKDTree
from scipy.spatial.distance import cdist

from miaudit.arrays import Bools, Floats, Ints
from miaudit.datasets.base import Dataset
from miaudit.features.base import AnyArray, Features, Inputs, digests
from miaudit.seeds import generator

SHARE = 0.01  # of the usual distance to the nearest record, below which two records are nearly the same
MOST = 50_000  # members, and as many non-members, that are compared
DIRECTIONS = 8  # random ones, along which candidates are searched before their distances are computed
CANDIDATES = 16  # nearest members of which the distance is computed
ASKED, REACH = 200, 2_000  # the usual distance is that from so many non-members to the nearest of so many members
BLOCK = 2**22  # numbers that are held at a time
SLACK = 4.0  # times the usual part of a distance that a random direction shows; more is as good as never shown
ROUNDING = 1e-5  # of the largest number along a direction
COLUMNS, VALUES = 3, 10  # with fewer columns of so many values, unrelated records come that close by chance


class Near(NamedTuple):
    """Non-members that nearly equal a member, and how they were found."""

    nonmembers: Ints  # (k,) rows of non-members that nearly equal a member, and exactly equal none
    compared: int = 0  # number of non-members that were looked at
    given: int = 0  # number of all non-members


def nearly_same(data: Dataset, members: Ints, nonmembers: Ints) -> Near:
    """Non-members that nearly equal a member; of more than 50,000 on a side, a random part is compared.

    Texts are nearly the same if they differ in case, blanks and punctuation alone, rows of a table if also their
    numbers agree to five digits. Arrays are nearly the same if they are a hundredth as far apart as records usually are
    from the nearest other one, each number in standard deviations of its column.

    Args:
        data: the records.
        members: rows of the members.
        nonmembers: rows of the non-members.
    """
    inside, outside = _some(members), _some(nonmembers)
    if not len(inside) or not len(outside):
        return Near(outside[:0])
    known, names = _alike(data.x, inside), _alike(data.x, outside)
    if known is not None and names is not None:
        near = _among(names, known)
    else:
        near = _close(_Numbers(data.x, inside), _Numbers(data.x, outside))
    if near.any():
        near[near] = ~_among(digests(data.x, outside[near]), digests(data.x, inside))
    return Near(outside[near], len(outside), len(nonmembers))


def _some(rows: Ints) -> Ints:
    return rows if len(rows) <= MOST else np.sort(generator(0, "near").permutation(rows)[:MOST])


def _alike(x: Inputs, rows: Ints) -> list[bytes] | None:
    return x[rows].alike() if isinstance(x[rows[:1]], Features) else None  # rows of a mapped file are arrays


def _among(names: list[bytes], others: list[bytes]) -> Bools:
    known = set(others)
    return np.array([name in known for name in names], dtype=bool)


@dataclass(frozen=True, eq=False)
class _Numbers:
    """Records of one side as numbers (n, p), copied when they are asked for."""

    x: Inputs
    rows: Ints

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, places: Any) -> AnyArray:
        chosen = self.x[self.rows[places]]
        values: AnyArray = chosen.coded().values if isinstance(chosen, Features) else chosen.reshape(len(chosen), -1)
        return values


class _Scale(NamedTuple):
    """Numbers in standard deviations of their column."""

    mean: Floats  # (p,)
    per_unit: Floats  # (p,) 1 over the standard deviation; 0 where a column is constant

    @classmethod
    def of(cls, x: AnyArray) -> "_Scale":
        """The scale of a sample (m, p)."""
        values = np.where(np.isfinite(x), x, np.nan).astype(np.float64)
        known = np.isfinite(values)
        count = np.maximum(known.sum(axis=0), 1)
        mean = np.where(known, values, 0.0).sum(axis=0) / count
        width = np.sqrt((np.where(known, values - mean, 0.0) ** 2).sum(axis=0) / count)
        return cls(mean, np.divide(1.0, width, out=np.zeros_like(width), where=width > 0))

    def __call__(self, x: AnyArray) -> Floats:
        """The numbers (m, p) on this scale; missing ones are in the middle."""
        scaled = (x.astype(np.float64) - self.mean) * self.per_unit
        return np.where(np.isfinite(scaled), scaled, 0.0)


def _close(x: _Numbers, others: _Numbers) -> Bools:
    """(k,) which of the other side's records lie much nearer to a record than records usually do."""
    width = x[:1].shape[1]
    room = max(2, BLOCK // max(width, 1))
    sample, asked = x[:: -(-len(x) // min(REACH, room))], others[:: -(-len(others) // min(ASKED, room))]
    varied = _distinct(np.concatenate([sample, asked])) > VALUES
    close = np.zeros(len(others), dtype=bool)
    if varied.sum() < COLUMNS:
        return close
    scale = _Scale.of(sample)
    limit = SHARE * float(np.median(cdist(scale(asked), scale(sample)).min(axis=1)))
    for row, places in _candidates(x, others, scale, limit):
        close[row] = np.linalg.norm(scale(x[places]) - scale(others[row : row + 1]), axis=1).min() <= limit
    return close


def _distinct(x: AnyArray) -> Ints:
    """(p,) number of different values in each column of x (m, p); missing ones count as one."""
    rising = np.sort(x, axis=0)
    before, after = rising[:-1], rising[1:]
    both_missing = np.isnan(before) & np.isnan(after)
    changes: Ints = ((before != after) & ~both_missing).sum(axis=0)
    return changes + 1


def _candidates(x: _Numbers, others: _Numbers, scale: _Scale, limit: float) -> Iterator[tuple[int, Ints]]:
    """Places of other records, each with the places of records that may be within the limit."""
    directions = generator(0, "near").normal(size=(len(scale.mean), DIRECTIONS))
    directions /= np.linalg.norm(directions, axis=0)
    inside, outside = _along(x, scale, directions), _along(others, scale, directions)
    # Two points are never farther apart along a direction than they are, but for rounding in single precision. Among
    # many columns, a random direction shows no more than a small part of their distance.
    shown = min(1.0, SLACK / len(directions) ** 0.5)
    reach = shown * limit * DIRECTIONS**0.5 + ROUNDING * float(np.abs(inside).max())
    count = min(CANDIDATES, len(x))
    _, found = cKDTree(inside).query(outside, k=[*range(1, count + 1)], distance_upper_bound=reach)
    for row in np.flatnonzero((found < len(x)).any(axis=1)):
        yield int(row), found[row][found[row] < len(x)]


def _along(x: _Numbers, scale: _Scale, directions: Floats) -> Floats:
    """(n, DIRECTIONS) where the records lie along the directions."""
    room = max(2, BLOCK // max(len(directions), 1))
    scaled = directions * scale.per_unit[:, None]
    parts = []
    for start in range(0, len(x), room):
        block = x[start : start + room]
        along = block @ scaled.astype(block.dtype if block.dtype.kind == "f" else np.float64)
        along = along.astype(np.float64) - scale.mean @ scaled
        parts.append(along if np.isfinite(along).all() else scale(block) @ directions)
    return np.concatenate(parts)
