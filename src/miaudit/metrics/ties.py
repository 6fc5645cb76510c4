"""What equal scores hide: the strictest possible cut, and the rate that is reached if ties are broken at random."""

import numpy as np
from pydantic import BaseModel, ConfigDict

from miaudit.arrays import Bools, Floats, Ints
from miaudit.maths.binomial import lower_bound, upper_bound
from miaudit.maths.counts import counts
from miaudit.metrics.fixed_rate import ROUNDING, reach_of
from miaudit.metrics.quantity import Quantity
from miaudit.metrics.roc import needed_nonmembers


class FirstCut(BaseModel):
    """The strictest rule that calls any record a member: all records with the highest score."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    fpr: float
    """Share of the non-members that share the highest score."""
    tpr: float
    """Share of the members that share the highest score."""

    def hides(self, fpr: float) -> bool:
        """Tell whether calling nobody a member is the only cut that is possible at this false positive rate."""
        return self.fpr > fpr + ROUNDING


def first_cut(scores: Floats, member: Bools) -> FirstCut:
    """Compute the rates of the strictest cut for scores (n,) and truth (n,): all records with the highest score.

    >>> first_cut(np.array([1.0, 1.0, 1.0, 0.0]), np.array([True, True, False, False]))
    FirstCut(fpr=0.5, tpr=1.0)
    """
    _, tp, fp = counts(scores, member)
    return FirstCut(fpr=float(fp[0] / fp[-1]), tpr=float(tp[0] / tp[-1]))


def randomised_tpr_at_fpr(scores: Floats, member: Bools, fpr: float, confidence: float = 0.95) -> Quantity:
    """Compute the true positive rate at exactly this false positive rate, with ties at the cut broken at random.

    That is the ROC curve with its points joined by lines; without ties it equals `tpr_at_fpr`. The interval is that of
    `fixed_rate`, with points of the joined curve instead of whole records, rounded outwards.

    Args:
        scores: (n,) higher for members.
        member: (n,) the truth; at least one record of each kind.
        fpr: the false positive rate, in (0, 1).
        confidence: of the two-sided interval, in (0, 1).
    """
    _, tp, fp = counts(scores, member)
    members, nonmembers = int(tp[-1]), int(fp[-1])
    if nonmembers < needed_nonmembers(fpr):
        note = f"needs >= {needed_nonmembers(fpr):,} non-members, have {nonmembers:,}"
        return Quantity.unresolved(nonmembers, note, confidence)
    found, accused = np.append(0, tp), np.append(0, fp)
    fewest, most, of_share = reach_of(nonmembers, fpr, confidence)
    low = np.floor(_joined(accused, found, np.maximum(fewest - 1, 0)) * (fewest > 0))
    high = np.ceil(_joined(accused, found, np.minimum(most, nonmembers)))
    value = float(_joined(accused, found, np.array([fpr * nonmembers + ROUNDING]))[0]) / members
    return Quantity(
        value=min(value, 1.0),
        low=min(float(lower_bound(low, members, of_share).min()), value),
        high=max(float(upper_bound(high, members, of_share).max()), min(value, 1.0)),
        confidence=confidence,
        n=nonmembers,
    )


def _joined(accused: Ints, found: Ints, at: Floats | Ints) -> Floats:
    """Interpolate the number of members found (a,) at these numbers of accused non-members (a,)."""
    last = np.searchsorted(accused, at, side="right") - 1
    after = np.minimum(last + 1, len(accused) - 1)
    width = np.maximum(accused[after] - accused[last], 1)
    joined: Floats = found[last] + (at - accused[last]) / width * (found[after] - found[last])
    return joined
