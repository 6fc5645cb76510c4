"""Draws some of many records."""

import numpy as np

from miaudit.arrays import Ints


def draw(rng: np.random.Generator, total: int, limit: int) -> Ints:
    """At most `limit` of `total` positions at random, rising; all of them, without a draw, where there are no more."""
    if total <= limit:
        return np.arange(total)
    return np.sort(rng.choice(total, size=limit, replace=False))
