"""Says whether more reference models would find more, from what fewer of them found."""

from collections.abc import Callable

from miaudit.auditing.result import AuditResult, Convergence
from miaudit.metrics.quantity import Quantity
from miaudit.presenter import count, minus, number

LITTLE = 0.01  # of all members, or of an AUC: a gain below this is hardly worth twice the models


def strongest_measured(result: AuditResult) -> tuple[Convergence, ...]:
    """The attacks that were run with fewer models, the strongest with all models first."""
    return tuple(sorted(result.convergence, key=lambda each: -(each.steps[-1].auc.value or 0.0)))


def still_gains(found: Convergence) -> bool:
    """Did the last models find more, beyond chance, and perhaps not just a little more?"""
    return _gains(_telling(found)[0])


def gain_in_words(found: Convergence, members: str) -> str:
    """What the models of the last step brought, and what that means, in two sentences.

    Args:
        found: the numbers of the attack.
        members: the reader's word for them.
    """
    gain, change = _telling(found)
    before, last = (step.models for step in found.steps[-2:])
    subject = change(found.attack, members, gain)
    meaning = _meaning(gain, doubled=last >= 2 * before)
    return f"With {count(last)} reference models instead of {count(before)}, {subject}. {meaning}"


def _telling(found: Convergence) -> tuple[Quantity, Callable[[str, str, Quantity], str]]:
    """The gain at 1 % false positives, with its words; that of the AUC where only this is measured, or surely gains.

    An AUC that hardly gains says nothing about the rate, which may gain where the AUC is near 1.
    """
    rate, auc = found.tpr_gain, found.auc_gain
    if rate.value is None or (not _is_little(rate) and not _gains(rate) and _gains(auc)):
        return auc, _auc_change
    return rate, _rate_change


def _gains(gain: Quantity) -> bool:
    return (gain.low or 0.0) > 0 and not _is_little(gain)


def _is_little(gain: Quantity) -> bool:
    return gain.high is not None and gain.high < LITTLE


def _rate_change(attack: str, members: str, gain: Quantity) -> str:
    low, value, high = (minus(number(100 * (end or 0.0), 1)) for end in (gain.low, gain.value, gain.high))
    changed = f"changed by {value} percentage points (95 % interval: {low} to {high})"
    return f"the share of {members} that {attack} finds at the 1 % cut {changed}"


def _auc_change(attack: str, _: str, gain: Quantity) -> str:
    low, value, high = (minus(number(end or 0.0, 3)) for end in (gain.low, gain.value, gain.high))
    return f"the AUC of {attack} changed by {value} (95 % interval: {low} to {high})"


def _meaning(gain: Quantity, doubled: bool) -> str:
    """What to expect of twice as many models; a small gain from fewer more than that says nothing about it."""
    if gain.low is None or gain.high is None:
        return "There are too few records to tell whether more models would find more."
    if _gains(gain):
        return "Twice as many models would probably find more."
    if _is_little(gain) and doubled:
        return "Twice as many models would hardly find more."
    if _is_little(gain):
        return "These few further models do not show what twice as many would find."
    return "These records cannot tell whether twice as many models would find more."
