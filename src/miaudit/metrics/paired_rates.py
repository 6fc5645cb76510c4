"""Changes of rates and means between two audits that may have records in common."""

from dataclasses import dataclass

import numpy as np

from miaudit.arrays import Floats, Ints
from miaudit.metrics.change import Change, square_and_add
from miaudit.metrics.fixed_rate import ROUNDING
from miaudit.metrics.paired import ScoresAndTruth, Shared
from miaudit.metrics.quantity import Quantity
from miaudit.metrics.roc import tpr_at_fpr

RESAMPLES = 200  # the correlation's standard error is (1 - r^2) / 14
POISSON_STEPS = 1 << 16  # a draw of 16 random bits is looked up in the Poisson law with mean 1


def tpr_change(first: ScoresAndTruth, second: ScoresAndTruth, shared: Shared, fpr: float, seed: int = 0) -> Change:
    """Compute how the true positive rate at a false positive rate changes from the first audit to the second.

    The two rates keep their own intervals, which carry the error of the cut. Their correlation is taken from a
    bootstrap: records are drawn anew, those in common for both audits alike, and each cut is chosen anew.

    Args:
        first: scores and truth; at least one record of each kind.
        second: the same for the other audit.
        shared: the records in common.
        fpr: the false positive rate, in (0, 1).
        seed: of the bootstrap.
    """
    correlation = _correlation_of_rates(first, second, shared, fpr, seed) if len(shared.first) else 0.0
    one, other = _by_strength(first), _by_strength(second)

    def at(confidence: float) -> Quantity:
        return square_and_add(tpr_at_fpr(*one, fpr, confidence), tpr_at_fpr(*other, fpr, confidence), correlation)

    return Change(at)


def _by_strength(scored: ScoresAndTruth) -> ScoresAndTruth:
    """The same records in the order of their scores; sorting them again costs little."""
    order = np.argsort(scored.scores, kind="stable")
    return ScoresAndTruth(scored.scores[order], scored.member[order])


def _correlation_of_rates(
    first: ScoresAndTruth, second: ScoresAndTruth, shared: Shared, fpr: float, seed: int
) -> float:
    rng = np.random.default_rng(seed)
    law = _poisson_law()
    one, other = _Rates.of(first, fpr), _Rates.of(second, fpr)
    pairs = np.empty((RESAMPLES, 2))
    for b in range(RESAMPLES):
        drawn = law[rng.integers(POISSON_STEPS, size=len(first.scores), dtype=np.uint16)]
        drawn_other = law[rng.integers(POISSON_STEPS, size=len(second.scores), dtype=np.uint16)]
        drawn_other[shared.second] = drawn[shared.first]
        pairs[b] = one.at(drawn), other.at(drawn_other)
    if not (pairs.std(axis=0) > 0).all():
        return 0.0
    found: Floats = np.corrcoef(pairs, rowvar=False)
    return float(found[0, 1])


def _poisson_law() -> Ints:
    """How often a record is drawn, (2^16,): quantiles of the Poisson law with mean 1.

    It is the bootstrap's own law where records are many, and lets each record be drawn by itself.
    """
    steps = (np.arange(POISSON_STEPS) + 0.5) / POISSON_STEPS
    below = np.cumsum(np.exp(-1.0) / np.cumprod(np.r_[1.0, np.arange(1.0, 12.0)]))
    draws: Ints = np.searchsorted(below, steps)
    return draws


@dataclass(frozen=True, eq=False)
class _Rates:
    """The true positive rate at a limit, for records that are drawn more than once or not at all."""

    member: Ints  # (n,) 1 for a member, else 0
    members: Ints  # places of the members that a cut may ever find, the highest score first
    nonmembers: Ints  # (d,) places of the non-members among which the cut may ever lie, likewise
    above: Ints  # (d + 1,) members above the j-th non-member, and above the next one
    fpr: float

    @classmethod
    def of(cls, scored: ScoresAndTruth, fpr: float) -> "_Rates":
        order = np.argsort(-scored.scores, kind="stable")
        members, nonmembers = order[scored.member[order]], order[~scored.member[order]]
        ascending = scored.scores[members[::-1]]
        above = len(members) - np.searchsorted(ascending, scored.scores[nonmembers], side="right")
        above = np.append(above, len(members))  # where every non-member may be called
        allowed = fpr * len(nonmembers)
        deep = min(len(nonmembers), int(allowed + 8 * allowed**0.5) + 40)  # so many are drawn fewer times once in 1e9
        return cls(scored.member.astype(int), members[: above[deep]], nonmembers[:deep], above[: deep + 1], fpr)

    def at(self, drawn: Ints) -> float:
        """The rate where record i is drawn `drawn[i]` times."""
        members = int(np.dot(drawn, self.member))
        allowed = self.fpr * (int(drawn.sum()) - members) + ROUNDING
        alarms = np.cumsum(drawn[self.nonmembers])
        cut = self.above[np.searchsorted(alarms, allowed, side="right")]
        return float(drawn[self.members[:cut]].sum() / max(members, 1))


def correlation_of_means(first: Floats, second: Floats, shared: Shared) -> float:
    """Compute the correlation of two means, such as accuracies, that have some records in common.

    It is 0 where they have none, or where all values of one of them are equal.

    Args:
        first: (n,) values of the first audit's records.
        second: (k,) values of the second's.
        shared: the records in common.

    >>> values = np.array([0.0, 1.0, 1.0, 0.0])
    >>> correlation_of_means(values, values, Shared(np.arange(2), np.arange(2)))
    0.5
    """
    a, b = first - first.mean(), second - second.mean()
    scale = float(np.dot(a, a) * np.dot(b, b)) ** 0.5
    return float(np.dot(a[shared.first], b[shared.second])) / scale if scale else 0.0
