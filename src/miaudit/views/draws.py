"""Random numbers that belong to a record: the same whatever other records are asked about with it."""

import numpy as np

from miaudit.arrays import Bools, Floats, Ints
from miaudit.seeds import child_seed

STEP, FIRST, SECOND = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)


def uniforms(rows: Ints, columns: int, seed: int, *names: str | int) -> Floats:
    """Draw numbers (n, columns), uniform in (0, 1), for records by their rows (n,).

    The generator is SplitMix64 (Steele et al. 2014), whose k-th number is a function of k and the seed alone.

    Args:
        rows: (n,) which records, from 0.
        columns: how many numbers each record gets.
        seed: the seed of all draws.
        names: what the numbers are for; other names give other numbers.

    >>> uniforms(np.array([5, 2]), 3, 0, "noise")[1].tolist() == uniforms(np.array([2]), 3, 0, "noise")[0].tolist()
    True
    """
    place = rows.astype(np.uint64)[:, None] * np.uint64(columns) + np.arange(1, columns + 1, dtype=np.uint64)
    state = np.uint64(child_seed(seed, *names)) + place * STEP  # wraps around, as it should
    state = (state ^ np.right_shift(state, 30)) * FIRST
    state = (state ^ np.right_shift(state, 27)) * SECOND
    state = state ^ np.right_shift(state, 31)
    drawn: Floats = ((state >> np.uint64(11)).astype(np.float64) + 0.5) * 2.0**-53
    return drawn


def some(drawn: Floats, share: float) -> Bools:
    """Choose (n, columns) where drawn numbers are below the share, and the least number of each record."""
    chosen: Bools = (drawn < share) | (drawn == drawn.min(axis=1, keepdims=True))
    return chosen


def donors(rows: Ints, records: int, seed: int, *names: str | int) -> Ints:
    """Draw for each record (n,) the row of one of all records, whose values it takes over."""
    return np.floor(uniforms(rows, 1, seed, *names)[:, 0] * records).astype(np.int64)
