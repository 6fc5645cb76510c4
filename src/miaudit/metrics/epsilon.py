"""Lower bounds on the epsilon of differential privacy that an attack proves."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from miaudit.arrays import Bools, Floats, Ints
from miaudit.metrics.intervals import lower_bound, upper_bound
from miaudit.metrics.quantity import Quantity
from miaudit.metrics.roc import counts

CANDIDATES = 200  # cuts tried on the first half


class Rule(NamedTuple):
    """A decision: to accept records above the cut as members, or to reject records up to it as non-members."""

    cut: float
    accept: bool


def epsilon_bound(
    hits: npt.ArrayLike,
    n: npt.ArrayLike,
    false: npt.ArrayLike,
    k: npt.ArrayLike,
    confidence: float = 0.95,
    delta: float = 0.0,
) -> Floats:
    """Lower bound, 0 or more, from `hits` of n records of one kind and `false` of k of the other; counts broadcast.

    (epsilon, delta)-privacy allows P(hit) <= exp(epsilon) P(false) + delta. Both rates are bounded by one-sided
    Clopper-Pearson at half of the error each (Jagielski et al. 2020; Nasr et al. 2021). The cut must have been
    fixed before these records were looked at. Accepting: true and false positives; rejecting: true and false negatives.

    >>> round(float(epsilon_bound(500, 500, 0, 500, confidence=0.99)), 4)
    4.5419
    """
    bound: Floats = np.maximum(0.0, log_ratio_bound(hits, n, false, k, confidence, delta))
    return bound


def log_ratio_bound(
    hits: npt.ArrayLike, n: npt.ArrayLike, false: npt.ArrayLike, k: npt.ArrayLike, confidence: float, delta: float
) -> Floats:
    """The bound before it is cut off at 0, so that rules which prove nothing can still be ranked."""
    side = (1.0 + confidence) / 2.0
    least = np.maximum(lower_bound(hits, n, side) - delta, np.finfo(float).tiny)
    bound: Floats = np.log(least) - np.log(upper_bound(false, k, side))
    return bound


def epsilon(
    scores: Floats, member: Bools, rng: np.random.Generator, confidence: float = 0.95, delta: float = 0.0
) -> Quantity:
    """What epsilon the scores (n,) disprove: `low` is the bound, at least 0.

    A random half of the members and of the non-members chooses the rule (the cut, and whether to accept above it
    or to reject below it) with the best bound; the other half alone gives the bound, so that the choice costs no
    confidence and pure noise exceeds 0 in at most 1 - confidence of the runs. `value` is the estimate at that rule,
    log of the ratio of the rates with half a count added to each; a single rule says nothing from above, so `high`
    is None. `n` is the smaller of the two counts that were measured.
    """
    chosen, measured = _halves(member, rng)
    kinds = [int(member[half].sum()) for half in (chosen, measured)]
    others = [len(half) - inside for half, inside in zip((chosen, measured), kinds, strict=True)]
    if min(kinds + others) == 0:
        note = f"needs >= 2 members and 2 non-members, have {int(member.sum())} and {int((~member).sum())}"
        return Quantity.unresolved(min(kinds[1], others[1]), note, confidence)
    rule = choose_rule(scores[chosen], member[chosen], confidence, delta)
    positive = (scores[measured] > rule.cut) == rule.accept
    inside = member[measured] == rule.accept  # the kind that the rule looks for
    hits, n = int(np.sum(positive & inside)), int(np.sum(inside))
    false, k = int(np.sum(positive & ~inside)), int(np.sum(~inside))
    rate = max((hits + 0.5) / (n + 1.0) - delta, np.finfo(float).tiny)
    estimate = max(0.0, float(np.log(rate) - np.log((false + 0.5) / (k + 1.0))))
    low = float(epsilon_bound(hits, n, false, k, confidence, delta))
    return Quantity(value=max(estimate, low), low=low, high=None, confidence=confidence, n=min(n, k))


def choose_rule(scores: Floats, member: Bools, confidence: float, delta: float) -> Rule:
    """The rule with the best bound on these records, as if it had been fixed before."""
    distinct, tp, fp = counts(scores, member)
    members, nonmembers = int(tp[-1]), int(fp[-1])
    fn, tn = members - np.append(0, tp), nonmembers - np.append(0, fp)
    tp, fp = np.append(0, tp), np.append(0, fp)
    between = distinct[1:] / 2.0 + distinct[:-1] / 2.0
    cuts = np.concatenate((distinct[:1], between, [-np.inf]))  # above cuts[i]: tp[i] members, fp[i] non-members
    accepting, rejecting = _spread(fp), _spread(fn)
    accept = log_ratio_bound(tp[accepting], members, fp[accepting], nonmembers, confidence, delta)
    reject = log_ratio_bound(tn[rejecting], nonmembers, fn[rejecting], members, confidence, delta)
    if accept.max() >= reject.max():
        return Rule(float(cuts[accepting[np.argmax(accept)]]), accept=True)
    return Rule(float(cuts[rejecting[np.argmax(reject)]]), accept=False)


def _spread(false: Ints) -> Ints:
    """Positions of at most CANDIDATES false counts, on a log scale; of equal counts that with the most hits."""
    rising = false[-1] >= false[0]
    ordered = false if rising else false[::-1]
    levels = np.unique(np.geomspace(1, ordered[-1] + 1, CANDIDATES).astype(np.int64)) - 1
    last = np.searchsorted(ordered, levels, side="right") - 1
    positions: Ints = last if rising else len(false) - 1 - last
    return positions


def _halves(member: Bools, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Records in two halves at random, members and non-members apart."""
    first, second = [], []
    for kind in (True, False):
        drawn = rng.permutation(np.flatnonzero(member == kind))
        first.append(drawn[: len(drawn) // 2])
        second.append(drawn[len(drawn) // 2 :])
    return np.concatenate(first), np.concatenate(second)
