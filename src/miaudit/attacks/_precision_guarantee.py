"""Two cuts whose precision holds with a stated confidence, not just on the records they were chosen on."""

from collections.abc import Callable

import numpy as np

from miaudit.arrays import Bools, Floats
from miaudit.attacks._two_thresholds import Pair
from miaudit.maths.binomial import lower_bound
from miaudit.maths.counts import counts
from miaudit.maths.midpoints import midpoint_below

Search = Callable[[Floats, Floats, Bools, float], Pair | None]


def search_guaranteed(
    search: Search, s0: Floats, s1: Floats, member: Bools, alpha: float, confidence: float
) -> Pair | None:
    """Choose t0 by `search` on one half of the records, and t1 by fixed-sequence testing on the other.

    Cuts on s1 are tested from the strictest on (the fewest calls that could show alpha at all), each by the one-sided
    Clopper-Pearson bound of its precision; the last before the first failure is taken, so that the whole sequence
    errs with probability at most 1 - confidence. A bound taken after a search over all cuts guarantees nothing. The
    halves alternate along s0: that reads no membership, and makes them alike.

    Returns the pair with its counts on the second half, or None where not even the first cut passes.
    """
    first = np.zeros(len(s0), dtype=bool)
    first[np.lexsort((s1, s0))[::2]] = True
    coarse = search(s0[first], s1[first], member[first], alpha)
    if coarse is None:
        return None
    tested = ~first & (s0 >= coarse.t0)
    fine = _fixed_sequence(s1[tested], member[tested], alpha, confidence)
    return None if fine is None else fine._replace(t0=coarse.t0, beta=coarse.beta)


def _fixed_sequence(s1: Floats, member: Bools, alpha: float, confidence: float) -> Pair | None:
    scores, tp, fp = counts(s1, member)
    called, found = (tp + fp)[:-1], tp[:-1]  # not the last: a cut must leave out some records
    testable = lower_bound(called, called, confidence) >= alpha  # enough calls to show alpha, were all right
    cuts = np.flatnonzero(testable)
    passed = np.logical_and.accumulate(lower_bound(found[cuts], called[cuts], confidence) >= alpha)
    if not passed.any():
        return None
    last = cuts[np.flatnonzero(passed)[-1]]
    t1 = midpoint_below(scores[last], scores[last + 1])
    return Pair(float("nan"), float(t1), int(tp[last]), int(fp[last]))
