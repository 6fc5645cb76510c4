"""A lower bound on the epsilon of differential privacy that an attack's scores disprove, over all cuts at once.

(epsilon, delta)-privacy allows P(S) <= exp(epsilon) Q(S) + delta and P(not S) >= exp(-epsilon) (1 - delta - Q(S)) for
every set S of scores, where P is the law of members' scores and Q that of non-members' (Wasserman & Zhou 2010; Kairouz
et al. 2015, Theorem 2.1). So P(S) <= f(Q(S)), where f is the lower of the two limits and grows with Q(S) and epsilon.

For one cut: let t be the j-th highest of k non-member scores, fixed j, and S the scores above t. Q(S) is at most a
variable U ~ Beta(j, k - j + 1), the j-th smallest of k uniform ones; where scores tie it is smaller still. Given t, the
number of n members above t is binomial with P(S) <= f(U). So h or more of them have a probability of at most
P(Binomial(n, f(U)) >= h) = P(B <= f(U)), where B ~ Beta(h, n - h + 1) is independent of U. That is a p-value for
epsilon: it needs no other records to choose the cut on, and it takes the errors of both rates together, where a
Clopper-Pearson bound for each (Jagielski et al. 2020; Nasr et al. 2021) pays for both at their worst.

For all cuts: the ranks j are fixed in advance, on a scale that rises by a fifth, from the highest non-members to the
middle one; exchanging the roles (members from the lowest, non-members below them) gives as many cuts at the other end.
Bonferroni's correction makes the p-values hold together. The bound is the largest epsilon that any of them refutes.
"""

from typing import NamedTuple

import numpy as np
from scipy import optimize, special

from miaudit.arrays import Bools, Floats, Ints
from miaudit.metrics.quantity import Quantity

GROWTH = 1.2  # of the ranks from cut to cut
SHARES = special.ndtr(np.linspace(-8.0, 8.0, 97))  # of the quantiles that the integral looks at
SCREENED = special.ndtr(np.linspace(-1.0, 4.0, 6))
EXACT = 1e-7  # error of the bound, always downwards


class Cuts(NamedTuple):
    """At each of c cuts, `hits` of n wanted records lie strictly beyond the `rank`-th outermost of k others."""

    hits: Ints  # (c,)
    n: Ints  # (c,)
    rank: Ints  # (c,) from 1 on
    k: Ints  # (c,)
    false: Ints  # (c,) others strictly beyond the cut: rank - 1, fewer where they tie

    @classmethod
    def above(cls, wanted: Floats, others: Floats) -> "Cuts":
        """Take cuts from the highest of the other scores (k,) to the middle one; of equal ones that of least rank."""
        rank = ranks(len(others))
        rising, kept = np.sort(others), np.sort(wanted)
        cut = rising[len(rising) - rank]
        hits, false = (len(kind) - np.searchsorted(kind, cut, side="right") for kind in (kept, rising))
        every = cls(hits, np.full_like(rank, len(kept)), rank, np.full_like(rank, len(rising)), false)
        return every.take(np.unique(hits, return_index=True)[1])  # at equal hits the p-value rises with the rank

    @classmethod
    def both_ends(cls, scores: Floats, member: Bools) -> "Cuts":
        """Take the cuts with members above the highest non-members, and with non-members below the lowest members."""
        ends = cls.above(scores[member], scores[~member]), cls.above(-scores[~member], -scores[member])
        return cls(*(np.concatenate(pair) for pair in zip(*ends, strict=True)))

    def take(self, which: Ints) -> "Cuts":
        """Return the cuts at these positions."""
        return Cuts(*(part[which] for part in self))

    def estimates(self, delta: float) -> Floats:
        """Estimate epsilon at each cut (c,) from the rates themselves, with half a count added to each."""
        found, wrong = (self.hits + 0.5) / (self.n + 1.0), (self.false + 0.5) / (self.k + 1.0)
        tiny = np.finfo(float).tiny
        beyond = np.log(np.maximum(found - delta, tiny)) - np.log(wrong)
        within = np.log(np.maximum(1.0 - wrong - delta, tiny)) - np.log(1.0 - found)
        return np.maximum(beyond, within)


class PValues:
    """The p-value of each cut: the largest probability of as many hits or more under (epsilon, delta)-privacy.

    P(B <= f(U)) is computed as a Stieltjes sum over the law of B. Its nodes are the quantiles of B, the images of the
    quantiles of U under f, and the kink of f, so that the narrower of the two laws is always resolved. It errs upwards,
    by less than 3 % of a p-value of 1e-5 or more.

    >>> one_above_one_other = Cuts(*(np.array([count]) for count in (1, 1, 1, 1, 0)))
    >>> PValues(one_above_one_other, delta=0.0)(0.0).round(2)
    array([0.5])
    """

    def __init__(self, cuts: Cuts, delta: float) -> None:
        self.delta = delta
        self.hits, self.rank = np.maximum(cuts.hits, 1)[:, None], cuts.rank[:, None]
        self.missed, self.after = cuts.n[:, None] - self.hits + 1, cuts.k[:, None] - self.rank + 1
        self.none = cuts.hits == 0
        self.of_u = special.betaincinv(self.rank, self.after, SHARES)
        self.of_b = special.betaincinv(self.hits, self.missed, SHARES)

    def __call__(self, epsilon: float) -> Floats:
        """Compute the p-values (c,) for an epsilon; they rise with it."""
        kink = np.full((len(self.hits), 1), (1.0 - self.delta) / (1.0 + np.exp(epsilon)))
        b = np.hstack((self.of_b, most(np.hstack((self.of_u, kink)), epsilon, self.delta)))
        b.sort(axis=1)
        below = special.betainc(self.hits, self.missed, b)  # P(B <= b)
        allowed = special.betaincc(self.rank, self.after, least(b, epsilon, self.delta))  # P(f(U) >= b)
        middle = (allowed[:, 1:] + allowed[:, :-1]) / 2.0
        chance = np.sum(middle * np.diff(below, axis=1), axis=1) + below[:, 0]
        return np.where(self.none, 1.0, np.minimum(chance, 1.0))


def at_least(cuts: Cuts, epsilon: float, delta: float) -> Floats:
    """Compute cheap lower bounds (c,) of the p-values: the best of P(U >= u) P(B <= f(u)) over a few quantiles u.

    Args:
        cuts: the c cuts.
        epsilon: of the privacy that is tested, 0 or more.
        delta: of the privacy that is tested, in [0, 1).
    """
    rank, hits = cuts.rank[:, None], np.maximum(cuts.hits, 1)[:, None]
    u = special.betaincinv(rank, cuts.k[:, None] - rank + 1, SCREENED)
    below = special.betainc(hits, cuts.n[:, None] - hits + 1, most(u, epsilon, delta))
    return np.where(cuts.hits == 0, 1.0, np.max((1.0 - SCREENED) * below, axis=1))


def ranks(k: int, growth: float = GROWTH) -> Ints:
    """Return whole numbers from 1 to the middle of k, each `growth` times as large as the one before, rounded up.

    >>> ranks(30)
    array([ 1,  2,  3,  4,  5,  6,  8, 10, 12, 15])
    """
    found = [1]
    while (following := max(found[-1] + 1, int(np.ceil(found[-1] * growth)))) <= (k + 1) // 2:
        found.append(following)
    return np.array(found, dtype=np.int64)


def most(q: Floats, epsilon: float, delta: float) -> Floats:
    """Compute f, the highest rate among members that privacy allows at a rate among non-members.

    Args:
        q: rates among non-members, in [0, 1], of any shape.
        epsilon: of the privacy, 0 or more.
        delta: of the privacy, in [0, 1).
    """
    return np.clip(np.minimum(np.exp(epsilon) * q + delta, 1.0 - np.exp(-epsilon) * (1.0 - delta - q)), 0.0, 1.0)


def least(p: Floats, epsilon: float, delta: float) -> Floats:
    """Compute the inverse of f, the lowest rate among non-members that privacy allows at a rate among members.

    Args:
        p: rates among members, in [0, 1], of any shape.
        epsilon: of the privacy, 0 or more.
        delta: of the privacy, in [0, 1).
    """
    return np.clip(np.maximum(np.exp(-epsilon) * (p - delta), 1.0 - delta - np.exp(epsilon) * (1.0 - p)), 0.0, 1.0)


def epsilon(scores: Floats, member: Bools, confidence: float = 0.95, delta: float = 0.0) -> Quantity:
    """Bound from below the epsilon of any differential privacy that the model can have, given the scores.

    `low` is the bound, 0 or more, which holds for every cut at once. It depends on the scores and the membership only,
    not on a seed or on the order of the records. Records are assumed to be drawn independently; where nothing leaks, a
    random split of fixed records serves as well. `value` is the estimate at the cut that proves most: the log of the
    ratio of the rates, with half a count added to each. There is no bound from above, so `high` is None. `n` is the
    smaller of the two counts.

    Args:
        scores: (n,) finite, higher for members.
        member: (n,) the truth.
        confidence: chance, in (0, 1), that the bound is not above the true epsilon.
        delta: of the privacy that is disproved, in [0, 1).

    >>> epsilon(np.arange(1000.0), np.arange(1000) >= 500).text()
    '6.909 [4.976, -]'
    """
    members, nonmembers = int(np.sum(member)), int(np.sum(~member))
    if min(members, nonmembers) == 0:
        note = f"needs >= 1 member and 1 non-member, have {members} and {nonmembers}"
        return Quantity.unresolved(0, note, confidence)
    cuts = Cuts.both_ends(scores, member)
    questions = len(ranks(nonmembers)) + len(ranks(members))
    low, best = _refuted(cuts, (1.0 - confidence) / questions, delta)
    estimate = max(low, float(cuts.estimates(delta)[best]))
    return Quantity(value=estimate, low=low, high=None, confidence=confidence, n=min(members, nonmembers))


def _refuted(cuts: Cuts, miss: float, delta: float) -> tuple[float, int]:
    """Find the largest epsilon with a p-value below `miss`, 0 if there is none, and the cut that has it."""
    promise = cuts.estimates(delta) - _error(cuts) * special.ndtri(1.0 - miss)
    live = np.argsort(-promise, kind="stable")  # the most promising first: few others pass the screen after it
    low, best = 0.0, int(live[0])
    while len(live := live[at_least(cuts.take(live), low, delta) < miss]):
        chance = PValues(cuts.take(live[:1]), delta)
        if chance(low)[0] < miss:
            low, best = _largest(chance, low, miss), int(live[0])
        live = live[1:]
    return low, best


def _error(cuts: Cuts) -> Floats:
    """Compute standard errors (c,) of the log ratio of the rates beyond each cut, by which cuts are ranked."""
    return np.sqrt(1.0 / np.maximum(cuts.hits, 1) - 1.0 / cuts.n + 1.0 / cuts.rank - 1.0 / (cuts.k + 1))


def _largest(chance: PValues, low: float, miss: float) -> float:
    """Find the largest epsilon that one cut refutes, given that it refutes `low`."""
    high = low + 1.0
    while chance(high)[0] < miss:
        low, high = high, 2.0 * high

    def excess(epsilon: float) -> float:
        return float(np.log(max(chance(epsilon)[0], np.finfo(float).tiny) / miss))

    return max(low, float(optimize.brentq(excess, low, high, xtol=EXACT / 4.0)) - EXACT)
