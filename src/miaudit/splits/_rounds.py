"""Draws records for many models, so that the numbers of draws of any two records differ by one at most."""

from dataclasses import dataclass

import numpy as np

from miaudit.arrays import Bools, Ints
from miaudit.seeds import generator


@dataclass(frozen=True, eq=False)
class Draws:
    """Which records each of M models drew.

    Models draw in turn from a shuffled stack of all n records; when it is used up, the next round begins with a newly
    shuffled one. A model that finds too few records left takes them all, and the rest from the next stack, without the
    records that it has already. So each round gives every record once, a longer series begins with every shorter one,
    and models that share no round reveal nothing about each other (almost nothing if a model lies in two rounds).
    """

    drawn: Bools  # (M, n)
    first: Ints  # (M,) the round in which each model begins to draw
    last: Ints  # (M,) the round in which it ends

    @property
    def is_exact(self) -> bool:
        """Does every model lie in one round?"""
        return bool((self.first == self.last).all())

    def mates(self, model: int) -> Bools:
        """(M,) models that share a round with this one, itself included."""
        shared: Bools = (self.first <= self.last[model]) & (self.last >= self.first[model])
        return shared


def draw_in_rounds(ends: Ints, n: int, seed: int) -> Draws:
    """Model m draws `ends[m] - ends[m - 1]` records, at most half of the n (rounded up).

    Args:
        ends: (M,) how many records are drawn in all when model m has drawn, rising.
        n: number of records.
        seed: all draws follow from it.

    >>> sorted(draw_in_rounds(np.array([2, 4, 6, 8]), 5, seed=0).drawn.sum(axis=0).tolist())
    [1, 1, 2, 2, 2]
    """
    starts = np.concatenate([[0], ends[:-1]])
    drawn = np.zeros((len(ends), n), dtype=bool)
    stack, rounds = np.zeros(0, dtype=np.int64), 0
    for model, size in enumerate(ends - starts):
        own, stack = stack[:size], stack[size:]
        if len(own) < size:
            fresh = generator(seed, "pool", "half", rounds).permutation(n)
            rest = fresh[~np.isin(fresh, own)][: size - len(own)]
            own, stack = np.concatenate([own, rest]), fresh[~np.isin(fresh, rest)]
            rounds += 1
        drawn[model, own] = True
    return Draws(drawn, starts // max(n, 1), np.maximum(ends - 1, starts) // max(n, 1))
