"""Changes of rates and means between two audits that may have records in common."""

from dataclasses import dataclass
from functools import cache

import numpy as np
from scipy import stats

from miaudit.arrays import Floats, Ints
from miaudit.metrics.change import Change
from miaudit.metrics.fixed_rate import ROUNDING
from miaudit.metrics.paired import ScoresAndTruth, Shared
from miaudit.metrics.quantity import Quantity
from miaudit.metrics.roc import tpr_at_fpr

RESAMPLES = 200  # a standard error from so many varies by 5 %
DRAWN_AT_ONCE = 400_000  # records in memory
POISSON_STEPS = 1 << 16  # a draw of 16 random bits is looked up in the Poisson law with mean 1


def tpr_change(first: ScoresAndTruth, second: ScoresAndTruth, shared: Shared, fpr: float, seed: int = 0) -> Change:
    """Compute how the true positive rate at a false positive rate changes from the first audit to the second.

    The standard error comes from a bootstrap over records: those in common are drawn for both audits alike, and each
    cut is chosen anew. As in `auc_change`, a member is added that only the first audit finds, and one that only the
    second finds. Where few non-members lie above a cut, the bootstrap knows its own error only roughly: an error taken
    from j of them varies as a chi-square with 2 (j + 1) degrees of freedom, so Student's t stands for the normal law.

    Args:
        first: scores and truth; at least one record of each kind.
        second: the same for the other audit.
        shared: the records in common.
        fpr: the false positive rate, in (0, 1).
        seed: of the bootstrap.
    """
    rates = [tpr_at_fpr(*side, fpr) for side in (first, second)]
    n = min(rate.n for rate in rates)
    one, other = (rate.value for rate in rates)
    if one is None or other is None:
        note = next(rate.note for rate in rates if rate.value is None)
        return Change(lambda confidence: Quantity.unresolved(n, note, confidence))
    value = other - one
    added = sum(1.0 / int(side.member.sum()) for side in (first, second))  # the differences of 1 and -1, by their share
    error = (float(np.var(resampled_differences(first, second, shared, fpr, seed), ddof=1)) + added**2 / 2.0) ** 0.5
    freedom = 2 * (int(fpr * n + ROUNDING) + 1)

    def at(confidence: float) -> Quantity:
        half = float(stats.t.isf((1.0 - confidence) / 2.0, freedom)) * error
        low, high = max(-1.0, value - half), min(1.0, value + half)
        return Quantity(value=value, low=low, high=high, confidence=confidence, n=n)

    return Change(at)


def resampled_differences(
    first: ScoresAndTruth, second: ScoresAndTruth, shared: Shared, fpr: float, seed: int
) -> Floats:
    """Draw records anew, and compute by how much the second audit's rate exceeds the first's, (RESAMPLES,).

    One seed draws the same records for any two audits of as many records, so that differences can be averaged over
    several targets. Arguments are those of `tpr_change`.
    """
    rng, law = np.random.default_rng(seed), _poisson_law()
    here, there, everyone = _places(len(first.scores), len(second.scores), shared)
    one, other = _Rates.of(first, here, everyone, fpr), _Rates.of(second, there, everyone, fpr)
    rows = max(1, DRAWN_AT_ONCE // everyone)
    differences = []
    for start in range(0, RESAMPLES, rows):
        size = (min(rows, RESAMPLES - start), everyone)
        drawn = law.take(rng.integers(POISSON_STEPS, size=size, dtype=np.uint16))
        differences.append(other.at(drawn) - one.at(drawn))
    return np.concatenate(differences)


def _places(first: int, second: int, shared: Shared) -> tuple[Ints, Ints, int]:
    """Where the records of each audit stand among all records, which shared ones enter once; and how many these are."""
    there = np.full(second, -1)
    there[shared.second] = shared.first
    own = there < 0
    there[own] = first + np.arange(int(own.sum()))
    return np.arange(first), there, first + int(own.sum())


@cache
def _poisson_law() -> Floats:
    """How often a record is drawn, (2^16,): quantiles of the Poisson law with mean 1.

    It is the bootstrap's own law where records are many, and lets each record be drawn by itself.
    """
    steps = (np.arange(POISSON_STEPS) + 0.5) / POISSON_STEPS
    below = np.cumsum(np.exp(-1.0) / np.cumprod(np.r_[1.0, np.arange(1.0, 12.0)]))
    draws: Floats = np.searchsorted(below, steps).astype(np.float64)  # whole numbers, which add up faster so
    return draws


@dataclass(frozen=True, eq=False)
class _Rates:
    """The true positive rate at a limit, for records that are drawn more than once or not at all."""

    is_member: Floats  # (u,) 1 for a member among all u records of both audits, else 0
    is_nonmember: Floats  # (u,)
    members: Ints  # places of the members that a cut may ever find, the highest score first
    nonmembers: Ints  # (d,) places of the non-members among which the cut may ever lie, likewise
    above: Ints  # (d + 1,) members above the j-th non-member, and above the next one
    fpr: float

    @classmethod
    def of(cls, side: ScoresAndTruth, places: Ints, everyone: int, fpr: float) -> "_Rates":
        """The rate of one audit, whose records (n,) stand at these places among all records of both."""
        order = np.argsort(-side.scores, kind="stable")
        members, nonmembers = order[side.member[order]], order[~side.member[order]]
        ascending = side.scores[members[::-1]]
        above = len(members) - np.searchsorted(ascending, side.scores[nonmembers], side="right")
        above = np.append(above, len(members))  # where every non-member may be called
        allowed = fpr * len(nonmembers)
        deep = min(len(nonmembers), int(allowed + 8 * allowed**0.5) + 40)  # so many are drawn fewer times once in 1e9
        masks = np.zeros((2, everyone))
        for mask, kind in zip(masks, (members, nonmembers), strict=True):
            mask[places[kind]] = 1.0
        found = places[members[: above[deep]]], places[nonmembers[:deep]]
        return cls(masks[0], masks[1], *found, above[: deep + 1], fpr)

    def at(self, drawn: Floats) -> Floats:
        """The rate (b,) in each of b resamples, where record i is drawn `drawn[:, i]` times."""
        allowed = self.fpr * (drawn @ self.is_nonmember) + ROUNDING
        alarms = np.cumsum(drawn.take(self.nonmembers, axis=1), axis=1)
        cut = self.above[(alarms <= allowed[:, None]).sum(axis=1)]
        called = np.cumsum(drawn.take(self.members, axis=1), axis=1)
        called = np.column_stack([np.zeros(len(drawn)), called])
        rate: Floats = called[np.arange(len(drawn)), cut] / np.maximum(drawn @ self.is_member, 1.0)
        return rate


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
