"""The difference between two AUCs over the same records."""

import numpy as np

from miaudit.arrays import Bools, Floats
from miaudit.maths.normal import deviations
from miaudit.metrics.quantity import Quantity
from miaudit.metrics.roc import placements


def auc_difference(scores: Floats, other: Floats, member: Bools, confidence: float = 0.95) -> Quantity:
    """Compute the difference of two attacks' AUCs, with DeLong's interval for paired curves (Biometrics 1988).

    Each record enters both curves, so that what they share cancels. As in `auc`, each group is given one more win and
    one more loss before its variance is taken: the variance is not 0 where both curves are perfect.

    Args:
        scores: (n,) scores of one attack, higher for members.
        other: (n,) scores of the other, on the same records.
        member: (n,) the truth; at least one record of each kind.
        confidence: of the two-sided interval.

    >>> member = np.array([True, True, False, False])
    >>> auc_difference(np.array([3.0, 2.0, 1.0, 0.0]), np.array([3.0, 1.0, 2.0, 0.0]), member).value
    0.25
    """
    first, second = placements(scores, member), placements(other, member)
    value = float(np.mean(first[0]) - np.mean(second[0]))
    # One more win of either side in each group: (1, 0) and (0, 1).
    parts = [np.append(a - b, (1.0, -1.0)) for a, b in zip(first, second, strict=True)]
    variance = sum(float(part.var(ddof=1)) / (len(part) - 2) for part in parts)
    half = deviations(confidence) * variance**0.5
    return Quantity(
        value=value,
        low=max(-1.0, value - half),
        high=min(1.0, value + half),
        confidence=confidence,
        n=min(len(part) - 2 for part in parts),
    )
