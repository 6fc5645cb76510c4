"""The difference between two AUCs whose records are the same, in part the same, or others."""

from typing import NamedTuple

import numpy as np

from miaudit.arrays import Bools, Floats, Ints
from miaudit.maths.normal import deviations
from miaudit.metrics.change import Change
from miaudit.metrics.quantity import Quantity
from miaudit.metrics.roc import placements


class ScoresAndTruth(NamedTuple):
    """The scores of one attack and the truth, (n,) each."""

    scores: Floats  # higher for members
    member: Bools


class Shared(NamedTuple):
    """The records that two audits have in common: their places (p,) in the first, and in the second."""

    first: Ints
    second: Ints


NONE_SHARED = Shared(np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64))


def auc_change(first: ScoresAndTruth, second: ScoresAndTruth, shared: Shared) -> Change:
    """Compute how the AUC changes from the first audit to the second.

    An AUC is a mean over records, up to terms of smaller order, so the squared error of the difference is the sum
    over all records of (what the record adds to one AUC - what it adds to the other)^2. Where all records are shared,
    this is DeLong's test for paired curves (Biometrics 1988); where none is, the two variances add up. A record that is
    a member in one audit and a non-member in the other counts with its sign. As in `auc`, each group is given one more
    win and one more loss, so that the error is not 0 where both curves are perfect.

    Args:
        first: scores and truth; at least one record of each kind.
        second: the same for the other audit.
        shared: the records in common; `NONE_SHARED` if there are none.

    >>> member = np.array([True, True, False, False])
    >>> all_four = Shared(np.arange(4), np.arange(4))
    >>> one, other = np.array([3.0, 1.0, 2.0, 0.0]), np.array([3.0, 2.0, 1.0, 0.0])
    >>> auc_change(ScoresAndTruth(one, member), ScoresAndTruth(other, member), all_four).at(0.95).value
    0.25
    """
    a, b = _influence(first), _influence(second)
    common = float(np.dot(a.records[shared.first], b.records[shared.second]))
    squares = float(np.sum(a.records**2) + np.sum(b.records**2))
    # The records added to each group: one that the first curve wins and the second loses, and one the other way round.
    added = float(np.sum((a.added - b.added[:, ::-1]) ** 2))
    value, error = b.area - a.area, (max(0.0, squares - 2.0 * common) + added) ** 0.5

    def at(confidence: float) -> Quantity:
        half = deviations(confidence) * error
        low, high = max(-1.0, value - half), min(1.0, value + half)
        return Quantity(value=value, low=low, high=high, confidence=confidence, n=min(a.n, b.n))

    return Change(at)


class _Influence(NamedTuple):
    """What each record adds to an AUC's deviation from its mean."""

    area: float
    records: Floats  # (n,)
    added: Floats  # (2, 2): for members and non-members, a win and a loss that are added
    n: int  # the smaller number of members and of non-members


def _influence(scored: ScoresAndTruth) -> _Influence:
    *parts, area = placements(*scored)
    records, added = np.empty(len(scored.scores)), np.empty((2, 2))
    for row, (kind, part) in enumerate(zip((scored.member, ~scored.member), parts, strict=True)):
        middle = (part.sum() + 1.0) / (len(part) + 2.0)
        scale = (len(part) * (len(part) + 1.0)) ** -0.5
        records[kind] = (part - middle) * scale
        added[row] = (np.array([1.0, 0.0]) - middle) * scale
    return _Influence(area, records, added, min(len(part) for part in parts))


def auc_difference(scores: Floats, other: Floats, member: Bools, confidence: float = 0.95) -> Quantity:
    """Compute how much larger one attack's AUC is than another's on the same records, with DeLong's paired interval.

    Args:
        scores: (n,) scores of one attack, higher for members.
        other: (n,) scores of the other, on the same records.
        member: (n,) the truth; at least one record of each kind.
        confidence: of the two-sided interval.

    >>> member = np.array([True, True, False, False])
    >>> auc_difference(np.array([3.0, 2.0, 1.0, 0.0]), np.array([3.0, 1.0, 2.0, 0.0]), member).value
    0.25
    """
    everywhere = np.arange(len(member))
    return auc_change(ScoresAndTruth(other, member), ScoresAndTruth(scores, member), Shared(everywhere, everywhere)).at(
        confidence
    )
