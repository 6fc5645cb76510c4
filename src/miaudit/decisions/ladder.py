"""The attacker ladder: what the best attack finds at each level of what an attacker must have."""

from typing import NamedTuple

from miaudit.attacks.base import MEANS, Means
from miaudit.auditing.remarks import by_reason
from miaudit.auditing.result import AuditResult, Finding
from miaudit.metrics.quantity import Quantity

NOT_CHOSEN = "no attack of this kind was among those chosen"
NO_MODELS = "no models of the attacker’s own were trained or given"


class Rung(NamedTuple):
    """What attackers with the same means find."""

    means: Means
    tried: int  # number of attacks
    attack: str  # title of the best of them; empty where none was run
    rate: Quantity | None  # its true positive rate at 1 % FPR, at the verdict's confidence; None where none was run
    auc: Quantity | None  # its AUC
    why: str  # why none was run; empty where one was
    rival: Finding | None = None  # an attack of the same means with a higher value, whose interval reaches further down


def ladder(result: AuditResult) -> tuple[Rung, ...]:
    """One rung for each kind of means, from the least to the most; empty for results of earlier versions.

    The best attack is the one whose rate has the highest lower end, as in the verdict; where no rate could be measured,
    the AUC takes its place.
    """
    if not any(attack.means for attack in result.attacks.values()):
        return ()
    return tuple(_rung(result, means) for means in MEANS)


def _rung(result: AuditResult, means: Means) -> Rung:
    names = [name for name, attack in result.attacks.items() if attack.means == means]
    if not names:
        return Rung(means, 0, "", None, None, _why(result, means))
    measured = {finding.name: (finding.tpr, finding.auc) for finding in result.findings if finding.name in names}
    best = max(measured, key=lambda name: tuple(_ends(quantity) for quantity in measured[name]), default=names[0])
    rate, auc = measured.get(best, (None, None))
    found = [finding for finding in result.findings if finding.name in names]
    highest = max(found, key=_values, default=None)
    surest = next((finding for finding in found if finding.name == best), None)
    is_higher = highest is not None and surest is not None and _values(highest) > _values(surest)
    return Rung(means, len(names), best, rate, auc, "", highest if is_higher else None)


def _values(finding: Finding) -> tuple[float, float]:
    """Rate and AUC, below all others where there is none."""
    return (
        -1.0 if finding.tpr.value is None else finding.tpr.value,
        -1.0 if finding.auc.value is None else finding.auc.value,
    )


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
