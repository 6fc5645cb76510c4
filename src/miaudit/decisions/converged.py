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
    """Did the last models find more, beyond chance?"""
    return (_telling(found)[0].low or 0.0) > 0


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
    """The gain at 1 % false positives, unless only the AUC is measured or clear; with its words."""
    rate, auc = found.tpr_gain, found.auc_gain
    if rate.value is None or (not _is_clear(rate) and _is_clear(auc)):
        return auc, _auc_change
    return rate, _rate_change


def _is_clear(gain: Quantity) -> bool:
    return gain.low is not None and gain.high is not None and (gain.low > 0 or gain.high < LITTLE)


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
    if gain.low > 0:
        return "Twice as many models would probably find more."
    if gain.high < LITTLE and doubled:
        return "Twice as many models would hardly find more."
    if gain.high < LITTLE:
        return "These few further models do not show what twice as many would find."
    return "These records cannot tell whether twice as many models would find more."
