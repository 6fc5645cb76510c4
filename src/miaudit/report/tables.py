"""The main tables of an audit: what each attack achieves, as rows of text."""

import math
from typing import NamedTuple

from miaudit.auditing.result import AttackResult, AuditResult
from miaudit.auditing.wording import eyesight
from miaudit.metrics.quantity import Quantity
from miaudit.presenter import NOTHING, Printed, bound, limit, quantity, rate, share

AUC_SCALE = (0.4, 1.0)  # what the small interval bars span


class Bar(NamedTuple):
    """An interval on a scale, in per cent of its width."""

    low: float
    at: float
    high: float
    guess: float  # where guessing stands


class AttackRow(NamedTuple):
    """One attack in the main table, or the attacker who never asks the model."""

    name: str
    remark: str  # a caution where its numbers mean little; usually empty
    auc: Printed
    bar: Bar | None
    balanced_accuracy: Printed
    tprs: tuple[Printed, ...]  # as many as `measured_limits`
    epsilon: Printed


def bar(quantity: Quantity, scale: tuple[float, float] = AUC_SCALE, guess: float = 0.5) -> Bar | None:
    """The quantity's interval as a bar on a scale; None where it has no value.

    >>> bar(Quantity(value=0.7, low=0.55, high=0.85, n=10))
    Bar(low=25.0, at=50.0, high=75.0, guess=16.7)
    """
    if quantity.value is None:
        return None
    ends = (quantity.low, quantity.value, quantity.high, guess)
    values = [quantity.value if end is None else end for end in ends]
    low, high = scale
    return Bar(*(round(100 * min(max((value - low) / (high - low), 0), 1), 1) for value in values))


def by_strength(result: AuditResult) -> tuple[str, ...]:
    """Names of the attacks, the highest AUC first, those without an AUC last."""

    def weakness(name: str) -> float:
        auc = result.attacks[name].auc.value
        return math.inf if auc is None else -auc

    return tuple(sorted(result.attacks, key=weakness))


def limits(result: AuditResult) -> tuple[str, ...]:
    """The false positive rates of the result, the largest first."""
    keys = {key for attack in result.attacks.values() for key in attack.tpr_at_fpr}
    return tuple(sorted(keys, key=float, reverse=True))


def unresolved(result: AuditResult) -> dict[str, str]:
    """The false positive rates at which no attack's true positive rate could be measured, each with the reason."""
    attacks = result.attacks.values()
    rates = {fpr: [attack.tpr_at_fpr[fpr] for attack in attacks if fpr in attack.tpr_at_fpr] for fpr in limits(result)}
    return {fpr: found[0].note for fpr, found in rates.items() if all(each.value is None for each in found)}


def measured_limits(result: AuditResult) -> tuple[str, ...]:
    """The false positive rates at which some attack's true positive rate could be measured, the largest first."""
    missing = unresolved(result)
    return tuple(fpr for fpr in limits(result) if fpr not in missing)


def missing_rates(result: AuditResult) -> tuple[str, ...]:
    """One sentence for each true positive rate that no attack has."""
    return tuple(rate_missing(fpr, note) for fpr, note in unresolved(result).items())


def rate_missing(fpr: str, note: str) -> str:
    """Why a true positive rate could not be measured.

    >>> rate_missing("0.001", "needs >= 1,000 non-members, have 30")
    'The TPR at 0.1 % FPR needs at least 1,000 non-members; there are 30.'
    >>> rate_missing("0.001", "the truth is unknown")
    'The TPR at 0.1 % FPR could not be measured: the truth is unknown.'
    """
    if note.startswith("withheld: "):
        reason = f"is {note}"
    elif note.startswith("needs >= "):
        reason = note.replace(">=", "at least").replace(", have ", "; there are ")
    else:
        reason = f"could not be measured: {note or 'not resolved'}"
    return f"The TPR at {limit(fpr)} FPR {reason}."


def recalls(result: AuditResult) -> tuple[str, ...]:
    """The recalls at which some attack has a precision, rising."""
    keys = {key for attack in result.attacks.values() for key in attack.precision_at_recall}
    return tuple(sorted(keys, key=float))


def attack_rows(result: AuditResult) -> tuple[AttackRow, ...]:
    """The rows of the main table, the strongest attack first."""
    return tuple(_attack_row(name, result) for name in by_strength(result))


def _attack_row(name: str, result: AuditResult) -> AttackRow:
    attack = result.attacks[name]
    return AttackRow(
        name=name,
        remark=eyesight(result.controls, name),
        auc=quantity(attack.auc),
        bar=bar(attack.auc),
        balanced_accuracy=quantity(attack.balanced_accuracy),
        tprs=tuple(_tpr(attack, fpr) for fpr in measured_limits(result)),
        epsilon=bound(attack.epsilon),
    )


def _tpr(attack: AttackResult, fpr: str) -> Printed:
    """The rate, and where equal scores leave no cut for it, what there is instead."""
    cell = rate(attack.tpr_at_fpr.get(fpr))
    hidden = hidden_by_ties(attack, fpr)
    return cell._replace(note=hidden) if cell.value and hidden else cell


def blind_row(result: AuditResult) -> AttackRow | None:
    """The blind baseline's AUC and TPR as a row of the main table; None where it was not run."""
    blind = result.controls.blind
    if blind is None or not result.attacks:
        return None
    absent = Printed(note=NOTHING)
    return AttackRow(
        name="Without asking the model",
        remark=f"blind baseline, {quantity(blind.auc).detail}",
        auc=quantity(blind.auc),
        bar=bar(blind.auc),
        balanced_accuracy=absent,
        tprs=tuple(rate(blind.tpr) if float(fpr) == 0.01 else absent for fpr in measured_limits(result)),
        epsilon=absent,
    )


def hidden_by_ties(attack: AttackResult, fpr: str) -> str:
    """What the attack finds where equal scores allow no cut at this rate; empty where a cut is possible.

    That is what the first possible cut finds, and the rate that is reached if ties are broken at random.
    """
    first = attack.first_cut
    if first is None or not first.hides(float(fpr)):
        return ""
    drawn = attack.randomised_tpr_at_fpr.get(fpr)
    by_coin = "" if drawn is None or drawn.value is None else f"; {share(drawn.value)} with ties broken at random"
    return f"ties: the first cut finds {share(first.tpr)} at {share(first.fpr)} FPR{by_coin}"


def precision_rows(result: AuditResult) -> tuple[tuple[str, tuple[Printed, ...]], ...]:
    """Precision at fixed recalls, one row per attack."""
    measured = {name: result.attacks[name].precision_at_recall for name in by_strength(result)}
    return tuple(
        (name, tuple(rate(precisions.get(recall)) for recall in recalls(result)))
        for name, precisions in measured.items()
        if precisions
    )
