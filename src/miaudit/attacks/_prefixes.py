"""Searches all prefixes of the records with s0 >= t0 in falling order of s1, for every t0 at once.

A segment tree over the ranks of s1 answers "how far may a prefix go?" while records enter in the falling order of
s0. Here all its versions are built side by side: on each level records are sorted by node, then by entry, and the
state of a node after its k-th entry is the k-th element of the node's stretch. O(m log m) in whole-array operations.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from miaudit.arrays import Bools, Floats, Ints
from miaudit.maths.midpoints import midpoint_above


class Sums(NamedTuple):
    """Sums over the records in a range of ranks that have entered the tree so far."""

    weight: Ints
    best: Ints  # largest sum of weights over the prefixes that end at one of the ranks
    members: Ints
    calls: Ints  # records

    def then(self, lower: "Sums") -> "Sums":
        """Join the sums of this range and of the range `lower`, which follows it."""
        best = np.maximum(self.best, self.weight + lower.best)
        return Sums(self.weight + lower.weight, best, self.members + lower.members, self.calls + lower.calls)

    def where(self, present: Bools, positions: Ints | None = None) -> "Sums":
        """Select the sums at some positions, with 0 where nothing is present."""
        chosen = (part if positions is None else part[positions] for part in self)
        return Sums(*(np.where(present, part, 0) for part in chosen))


class TreeLevel(NamedTuple):
    """The records (m,) sorted by node, then by entry."""

    start: Ints  # (m,) where the node's stretch begins
    left_size: Ints  # (m,) how many of the node's records belong to its left child
    left_before: Ints  # (m + 1,) how many of all records before this one belong to a left child


class Prefix(NamedTuple):
    """The prefixes that were found, one for each t0."""

    sums: Sums  # (T,) over the prefix's records
    lowest: Floats  # (T,) the rank at which it ends, as the value of s1


GoRight = Callable[[Sums, Sums, Sums], Bools]  # of the sums before the node, in its left and in its right child


class Prefixes:
    """The tree over m >= 1 records; `t0` (T,) are the cuts on s0, falling, of which the last excludes nobody."""

    def __init__(self, s0: Floats, s1: Floats, member: Bools, weight: Ints) -> None:
        entry = np.argsort(-s0, kind="stable")
        scores = s0[entry]
        values, rank = np.unique(-s1[entry], return_inverse=True)
        ends = np.append(np.flatnonzero(scores[1:] < scores[:-1]), len(scores) - 1)
        following = scores[np.minimum(ends + 1, len(scores) - 1)]
        self.t0 = midpoint_above(following, scores[ends])
        self.entered = ends + 1  # (T,) records with s0 >= t0
        self._values = -values
        self._depth = max(1, int(len(values) - 1).bit_length())
        self._levels, leaf_order, leaf_start = _sort(rank, self._depth)
        leaves = _leaf_sums(member[entry][leaf_order], weight[entry][leaf_order], leaf_start)
        self._sums = _sum_up(self._levels, leaves)

    @property
    def highest_sums(self) -> Ints:
        """(T,) the largest sum of weights over all prefixes; never negative, since the empty one has sum 0."""
        best: Ints = np.maximum(self._sums[0].best[self.entered - 1], 0)
        return best

    def longest(self, floor: Ints) -> Prefix:
        """The longest prefix whose weights sum to floor (T,) or more; empty where there is none."""
        prefix = self._descend(lambda before, left, right: before.weight + left.weight + right.best >= floor)
        return _unless(self._sums[0].best[self.entered - 1] < floor, prefix)

    def shortest(self, floor: Ints) -> Prefix:
        """The shortest prefix whose weights sum to floor (T,) or more; empty where floor <= 0 or there is none."""
        prefix = self._descend(lambda before, left, _: before.weight + left.best < floor)
        return _unless((floor <= 0) | (self._sums[0].best[self.entered - 1] < floor), prefix)

    def with_members(self, members: Ints) -> Prefix:
        """The shortest prefix with that many members (T,); empty for 0."""
        prefix = self._descend(lambda before, left, _: before.members + left.members < members)
        return _unless(members == 0, prefix)

    def value_at(self, position: Ints) -> Floats:
        """(T,) s1 of the record at that position (from 1) in falling order of s1."""
        return self._descend(lambda before, left, _: before.calls + left.calls < position).lowest

    def _descend(self, go_right: GoRight) -> Prefix:
        """Walk from the root to a leaf, for every t0; the prefix ends with that leaf."""
        start, size = np.zeros_like(self.entered), self.entered
        nothing = np.zeros_like(self.entered)
        before, leaf = Sums(nothing, nothing, nothing, nothing), nothing
        for level, below in zip(self._levels, self._sums[1:], strict=True):
            here = np.minimum(start, len(level.start) - 1)  # a node without records may lie behind the end
            left_size = np.where(size > 0, level.left_size[here], 0)
            in_left = level.left_before[start + size] - level.left_before[start]
            in_right = size - in_left
            left = below.where(in_left > 0, start + in_left - 1)
            right = below.where(in_right > 0, start + left_size + in_right - 1)
            turn = go_right(before, left, right)
            passed = left.where(turn)
            before = Sums(*(a + b for a, b in zip(before, passed, strict=True)))
            start = np.where(turn, start + left_size, start)
            size = np.where(turn, in_right, in_left)
            leaf = 2 * leaf + turn
        last = self._sums[-1].where(size > 0, start + size - 1)
        sums = Sums(*(a + b for a, b in zip(before, last, strict=True)))
        return Prefix(sums, self._values[np.minimum(leaf, len(self._values) - 1)])


def _unless(empty: Bools, prefix: Prefix) -> Prefix:
    return Prefix(prefix.sums.where(~empty), np.where(empty, np.inf, prefix.lowest))


def _sort(rank: Ints, depth: int) -> tuple[list[TreeLevel], Ints, Ints]:
    """Sort the records into the tree: levels from the root down, then the order of the leaves and where each begins."""
    m = len(rank)
    order, start, end = np.arange(m), np.zeros(m, dtype=np.int64), np.full(m, m)
    levels = []
    for bit in reversed(range(depth)):
        left = (rank[order] >> bit) & 1 == 0
        left_before = np.concatenate([[0], np.cumsum(left)])
        left_size = left_before[end] - left_before[start]
        levels.append(TreeLevel(start, left_size, left_before))
        earlier_left = left_before[:-1] - left_before[start]
        to_right = start + left_size + (np.arange(m) - start - earlier_left)
        place = np.where(left, start + earlier_left, to_right)
        middle = start + left_size
        order, start, end = (
            _placed(part, place) for part in (order, np.where(left, start, middle), np.where(left, middle, end))
        )
    return levels, order, start


def _placed(values: Ints, place: Ints) -> Ints:
    moved = np.empty_like(values)
    moved[place] = values
    return moved


def _leaf_sums(member: Bools, weight: Ints, start: Ints) -> Sums:
    """Running sums within each leaf."""
    totals = np.concatenate([[0], np.cumsum(weight)])
    members = np.concatenate([[0], np.cumsum(member)])
    position = np.arange(len(weight)) + 1
    own = totals[position] - totals[start]
    return Sums(own, own, members[position] - members[start], position - start)


def _sum_up(levels: list[TreeLevel], leaves: Sums) -> list[Sums]:
    """The sums of every node after every entry, from the root down to the leaves."""
    sums = [leaves]
    for level in reversed(levels):
        below, start = sums[-1], level.start
        size = np.arange(len(start)) + 1 - start
        in_left = level.left_before[1:] - level.left_before[start]
        in_right = size - in_left
        left = below.where(in_left > 0, start + in_left - 1)
        right = below.where(in_right > 0, start + level.left_size + in_right - 1)
        sums.append(left.then(right))
    return sums[::-1]
