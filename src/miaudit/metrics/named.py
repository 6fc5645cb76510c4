"""How many records an attacker can name: those above a cut at which a given share of the named are members.

The cuts are fixed in advance by how many records lie above them: 1, 2, 3, ... and from there on a tenth more each time.
Given the score at such a cut, the records above it are drawn independently from all that score higher, so the number
of members among them is binomial and Clopper & Pearson's bounds hold. Bonferroni's correction makes the bounds of all
cuts hold together, so the cut may be chosen by looking at them.
"""

from typing import NamedTuple

import numpy as np

from miaudit.arrays import Bools, Floats, Ints
from miaudit.maths.binomial import lower_bound, upper_bound
from miaudit.metrics.epsilon import ranks
from miaudit.metrics.fixed_rate import ROUNDING
from miaudit.metrics.quantity import Quantity

GROWTH = 1.1  # of the number of records above a cut, from cut to cut


class Named(NamedTuple):
    """The records that can be named at a precision."""

    cut: float  # records strictly above it are named; infinite where nobody is
    members: int  # how many of the named are members
    number: Quantity  # number of named records; its `low` are named for sure, and no more than `high` can be
    precision: Quantity | None  # share of members among the named; None where nobody is named


class _Cuts(NamedTuple):
    """What lies strictly above each of c cuts, from the strictest to the loosest."""

    cut: Floats  # (c,)
    called: Ints  # (c,) rising
    members: Ints  # (c,)


def named(scores: Floats, member: Bools, alpha: float, confidence: float = 0.95) -> Named:
    """Count the records above the loosest cut of which at least a share `alpha` are members.

    The value of `number` goes by the shares as measured. Its lower end counts the records above the loosest cut whose
    precision in the population is at least `alpha` for sure, its upper end those above the loosest cut of which this
    cannot be ruled out; between two cuts, precision is taken not to rise as the cut is loosened. All intervals hold
    together for every cut, at the given confidence. Precision is that of this mix of members and non-members.

    Args:
        scores: (n,) higher for members.
        member: (n,) the truth.
        alpha: least share of members among the named, in (0, 1).
        confidence: of the two-sided intervals, in (0, 1).

    >>> found = named(np.array([4.0, 3.0, 2.0, 1.0]), np.array([True, True, False, True]), 0.9)
    >>> found.cut, found.members, found.number.value
    (2.0, 2, 2.0)
    """
    cuts, tried = _cuts(scores, member)
    one_sided = 1.0 - (1.0 - confidence) / 2.0 / tried
    low, high = (bound(cuts.members, cuts.called, one_sided) for bound in (lower_bound, upper_bound))
    best = _last(cuts.members / cuts.called >= alpha - ROUNDING)
    sure, possible = _last(low >= alpha), _last(high >= alpha)
    following = np.append(cuts.called, len(scores) + 1)
    number = Quantity(
        value=float(cuts.called[best]) if best >= 0 else 0.0,
        low=float(cuts.called[sure]) if sure >= 0 else 0.0,
        high=float(_reachable(scores, int(following[possible + 1]) - 1)),
        confidence=confidence,
        n=len(scores),
    )
    if best < 0:
        return Named(np.inf, 0, number, None)
    precision = Quantity(
        value=float(cuts.members[best] / cuts.called[best]),
        low=float(low[best]),
        high=float(high[best]),
        confidence=confidence,
        n=int(cuts.called[best]),
    )
    return Named(float(cuts.cut[best]), int(cuts.members[best]), number, precision)


def _cuts(scores: Floats, member: Bools) -> tuple[_Cuts, int]:
    """The cuts with a record above them, each once, and how many were fixed in advance."""
    order = np.argsort(-scores, kind="stable")
    falling, found = scores[order], np.append(0, np.cumsum(member[order]))
    wanted = ranks(2 * len(scores), GROWTH)  # numbers of records above, up to all of them
    cut = np.append(falling, -np.inf)[wanted]
    called, first = np.unique(np.searchsorted(-falling, -cut, side="left"), return_index=True)
    kept = called > 0  # nobody lies above the cut where the highest scores tie
    return _Cuts(cut[first][kept], called[kept], found[called[kept]]), len(wanted)


def _reachable(scores: Floats, most: int) -> int:
    """The largest number of records above a cut that is at most `most`; equal scores lie above it together."""
    if most >= len(scores):
        return len(scores)
    return int(np.sum(scores > np.sort(scores)[len(scores) - 1 - most]))


def _last(holds: Bools) -> int:
    """The last place where it holds; -1 where it holds nowhere."""
    places = np.flatnonzero(holds)
    return int(places[-1]) if len(places) else -1
