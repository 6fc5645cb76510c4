"""Two cuts, t0 on s0 and t1 on s1, that find the most members at a given precision (HP-MIA Section 3.4).

A record is called a member if s0 >= t0 and s1 > t1. Of pairs that find equally many members the one with the fewest
false positives wins, then the highest t1, then the highest t0. Cuts lie midway between neighbouring scores (Eq. 10).
Precision is compared in integers: alpha = p/q is met where (q - p) TP - p FP >= 0.
"""

from fractions import Fraction
from typing import NamedTuple

import numpy as np

from miaudit.arrays import Bools, Floats, Ints
from miaudit.attacks._prefixes import Prefixes
from miaudit.maths.counts import counts
from miaudit.maths.midpoints import midpoint_above, midpoint_below

BETAS = np.arange(1001) / 1000.0  # Algorithm 2: from 0 to 1 in steps of 0.001


class Pair(NamedTuple):
    """Two cuts and what they achieve on the records they were chosen on."""

    t0: float
    t1: float
    true_positives: int
    false_positives: int
    beta: float | None = None  # precision of the exclusion, where t0 was chosen by it


def search_beta(s0: Floats, s1: Floats, member: Bools, alpha: float, betas: Floats = BETAS) -> Pair | None:
    """Algorithm 2: t0 is the best exclusion at precision beta, for each of the rising betas.

    None where no pair meets alpha. As in the paper every cut lies between two of the scores, so that neither all nor
    none can be called.
    """
    order = np.argsort(-s1, kind="stable")
    s0, s1, member = s0[order], s1[order], member[order]
    reward, cost = integer_weights(alpha)
    weight = np.where(member, reward, -cost)
    best: Pair | None = None
    for t0, beta in _exclusions(s0, member, betas):
        keep = s0 >= t0
        s0, s1, member, weight = s0[keep], s1[keep], member[keep], weight[keep]  # t0 rises
        found = _best_prefix(s1, member, weight)
        if found is not None:
            best = _better(best, found._replace(t0=t0, beta=beta))
    return best


def search_exact(s0: Floats, s1: Floats, member: Bools, alpha: float) -> Pair | None:
    """The best of all pairs of cuts, those that exclude nobody or call everybody among them, in O(m log m).

    For a fixed t0 the best t1 is the last prefix (s1 falling) whose weighted sum is not negative. None where no pair
    meets alpha.
    """
    reward, cost = integer_weights(alpha)
    prefixes = Prefixes(s0, s1, member, np.where(member, reward, -cost))
    positives = prefixes.longest(np.zeros_like(prefixes.entered)).sums.members
    if positives.max() == 0:
        return None
    return _strictest(prefixes, positives, positives == positives.max())


def most_accurate(s0: Floats, s1: Floats, member: Bools) -> Pair:
    """The pair with the highest accuracy, of equal ones that with the fewest calls; may call nobody."""
    prefixes = Prefixes(s0, s1, member, np.where(member, 1, -1))
    gain = prefixes.highest_sums
    positives = prefixes.shortest(gain).sums.members
    best = gain == gain.max()
    return _strictest(prefixes, positives, best & (positives == positives[best].min()))


def most_accurate_beyond(s0: Floats, s1: Floats, member: Bools, beta: float) -> Pair | None:
    """The most accurate pair whose t0 is the best exclusion at precision beta; None where no t0 has that precision."""
    exclusions = _exclusions(s0, member, np.array([beta]))
    if not exclusions:
        return None
    ((t0, _),) = exclusions
    kept = s0 >= t0
    pair = most_accurate(np.zeros(int(kept.sum())), s1[kept], member[kept])
    return pair._replace(t0=t0, beta=beta)


def integer_weights(alpha: float) -> tuple[int, int]:
    """The whole numbers (q - p, p) for alpha = p/q, exact for an alpha of up to six decimals.

    >>> integer_weights(0.98)
    (1, 49)
    """
    ratio = Fraction(repr(alpha)).limit_denominator(10**6)
    return ratio.denominator - ratio.numerator, ratio.numerator


def _exclusions(s0: Floats, member: Bools, betas: Floats) -> list[tuple[float, float]]:
    """(t0, smallest beta that chooses it), t0 rising: the cuts of `Membership Exclusion threshold` over all betas."""
    falling, nonmembers, members = counts(-s0, ~member)
    excluded, edges = nonmembers[:-1], (nonmembers + members)[:-1]  # below each cut: the paper's TP, and all records
    if len(edges) == 0:
        return []
    precision = excluded / edges
    order = np.lexsort((-np.arange(len(edges)), precision))[::-1]  # high precision first, of equals the low cut
    running = np.maximum.accumulate(excluded[order] * (len(edges) + 1) - order)  # most excluded, then the low cut
    met = np.searchsorted(-precision[order], -betas, side="right")
    chosen: dict[int, float] = {}
    for beta, count in zip(betas.tolist(), met.tolist(), strict=True):
        if count:
            cut = int(-running[count - 1] % (len(edges) + 1))
            chosen.setdefault(cut, beta)
    cuts = midpoint_above(-falling[:-1], -falling[1:]).tolist()
    return [(cuts[cut], chosen[cut]) for cut in sorted(chosen)]


def _best_prefix(s1: Floats, member: Bools, weight: Ints) -> Pair | None:
    """`Membership Inference threshold` on records sorted by falling s1; its t0 is yet to be filled in."""
    ends = np.flatnonzero(s1[1:] < s1[:-1])  # a prefix ends where the score falls; never with the last record
    valid = ends[np.cumsum(weight)[ends] >= 0] if len(ends) else ends
    found = np.cumsum(member)
    if len(valid) == 0 or found[valid[-1]] == 0:
        return None
    positives = int(found[valid[-1]])
    end = int(valid[np.searchsorted(found[valid], positives)])
    t1 = midpoint_below(s1[end], s1[end + 1])
    return Pair(float("nan"), float(t1), positives, end + 1 - positives)


def _better(best: Pair | None, pair: Pair) -> Pair:
    def rank(p: Pair) -> tuple[float, ...]:
        return p.true_positives, -p.false_positives, p.t1, p.t0

    return pair if best is None or rank(pair) > rank(best) else best


def _strictest(prefixes: Prefixes, positives: Ints, candidates: Bools) -> Pair:
    """The best of the candidates (T,) for t0: fewest false positives, then highest t1, then highest t0."""
    called = prefixes.with_members(positives)
    count = called.sums.calls
    following = prefixes.value_at(np.minimum(count + 1, prefixes.entered))
    following = np.where(count < prefixes.entered, following, np.nextafter(called.lowest, -np.inf))
    t1 = midpoint_below(called.lowest, following)
    rank = np.lexsort((-prefixes.t0, -t1, count - positives, ~candidates))
    winner = rank[0]
    found = int(positives[winner])
    return Pair(float(prefixes.t0[winner]), float(t1[winner]), found, int(count[winner]) - found)
