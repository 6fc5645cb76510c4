"""The attacker ladder: what the best attack finds at each level of what an attacker must have."""

from typing import NamedTuple

from miaudit.attacks.base import MEANS, Means
from miaudit.auditing.remarks import by_reason
from miaudit.auditing.result import AuditResult
from miaudit.metrics.quantity import Quantity

NOT_CHOSEN = "no attack of this kind was among those chosen"
NO_MODELS = "no models of the attacker’s own were trained or given"


class Rival(NamedTuple):
    """An attack that found more than the best one of its rung, but less surely."""

    attack: str  # its title
    value: float  # its rate where the audit has rates, else its AUC


class Rung(NamedTuple):
    """What attackers with the same means find."""

    means: Means
    tried: int  # number of attacks
    attack: str  # title of the best of them; empty where none was run
    rate: Quantity | None  # its true positive rate at 1 % FPR, at the verdict's confidence; None where none was run
    auc: Quantity | None  # its AUC
    why: str  # why none was run; empty where one was
    rival: Rival | None = None  # None where no attack of the same means found more


def ladder(result: AuditResult) -> tuple[Rung, ...]:
    """One rung for each kind of means, from the least to the most; empty for results of earlier versions.

    The best attack is the one whose rate has the highest lower end, as in the verdict; where no rate could be measured,
    the AUC takes its place.
    """
    if not any(attack.means for attack in result.attacks.values()):
        return ()
    rated = {finding.name for finding in result.findings if finding.tpr.value is not None}
    by_rate = any(attack.means and name in rated for name, attack in result.attacks.items())
    return tuple(_rung(result, means, by_rate) for means in MEANS)


def _rung(result: AuditResult, means: Means, by_rate: bool) -> Rung:
    names = [name for name, attack in result.attacks.items() if attack.means == means]
    if not names:
        return Rung(means, 0, "", None, None, _why(result, means))
    measured = {finding.name: (finding.tpr, finding.auc) for finding in result.findings if finding.name in names}
    best = max(measured, key=lambda name: tuple(_ends(quantity) for quantity in measured[name]), default=names[0])
    rate, auc = measured.get(best, (None, None))
    values = {name: (pair[0] if by_rate else pair[1]).value for name, pair in measured.items()}
    return Rung(means, len(names), best, rate, auc, "", _rival(values, best))


def _rival(values: dict[str, float | None], best: str) -> Rival | None:
    """The attack with the highest value, where that is more than the best attack's; None where there is none."""
    known = [Rival(name, value) for name, value in values.items() if value is not None]
    highest, own = max(known, key=lambda rival: rival.value, default=None), values.get(best)
    return None if highest is None or own is None or highest.value <= own else highest


def _ends(quantity: Quantity) -> tuple[float, float]:
    """The lower end, then the value; below all others where there is none."""
    return (-1.0 if quantity.low is None else quantity.low, -1.0 if quantity.value is None else quantity.value)


def _why(result: AuditResult, means: Means) -> str:
    """The reason that keeps most of these attacks from running, in plain words where it is the lack of models."""
    skipped = {name: why for name, why in result.skipped.items() if result.skipped_means.get(name) == means}
    if skipped and means in ("references", "shadows") and result.controls.likeness is None:
        return NO_MODELS
    reasons = by_reason(skipped)
    return max(reasons, key=lambda reason: len(reasons[reason]), default=NOT_CHOSEN)
