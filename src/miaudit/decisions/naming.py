"""Counts the records that attacks name at the cuts that they chose themselves, without the truth."""

from typing import NamedTuple

from miaudit.auditing.findings import ERROR
from miaudit.auditing.result import AuditResult
from miaudit.metrics.intervals import clopper_pearson
from miaudit.metrics.quantity import Quantity

PRECISION = 0.9  # share of members among the called from which on records count as named


class NamedRecords(NamedTuple):
    """Records that an attack names at the cut that it chose without the truth."""

    attack: str
    records: int
    members: int
    precision: Quantity  # with an interval that is corrected for the number of attacks


def named_now(result: AuditResult) -> NamedRecords | None:
    """The records that an attack names at its own cut, at least nine of ten of them rightly; None where no attack does.

    Of several attacks, it is the one whose precision has the highest lower end. Nobody is named without a leak.
    """
    if result.verdict.level != "leaks":
        return None
    error = ERROR / max(len(result.attacks), 1)
    claims = []
    for name, attack in result.attacks.items():
        tp, fp = attack.decision.tp, attack.decision.fp
        if tp and fp is not None and tp / (tp + fp) >= PRECISION:
            low, high = clopper_pearson(tp, tp + fp, 1 - error)
            precision = Quantity(value=tp / (tp + fp), low=low, high=high, confidence=1 - error, n=tp + fp)
            claims.append(NamedRecords(name, tp + fp, tp, precision))
    return max(claims, key=lambda claim: claim.precision.low or 0.0, default=None)
