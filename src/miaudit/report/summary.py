"""The top of the page: the key numbers, and what the attackers are assumed to know."""

from typing import NamedTuple

from miaudit.auditing.result import AuditResult, BlindBaseline, TargetFacts
from miaudit.metrics.quantity import Quantity
from miaudit.report.tables import (
    Bar,
    Cell,
    bar,
    bound,
    by_strength,
    confident,
    hidden_by_ties,
    limits,
    number,
    percent,
    rate,
)


class KeyNumber(NamedTuple):
    """One number that a reader should take home."""

    title: str
    cell: Cell
    bar: Bar | None
    explained: str


class Assumption(NamedTuple):
    """What the attacker behind some of the attacks is assumed to know."""

    adversary: str
    attacks: tuple[str, ...]


def headline_numbers(result: AuditResult) -> tuple[KeyNumber, ...]:
    """The highest AUC, true positive rate at the most usual limit, and bound on epsilon, each with its attack.

    They are the verdict's own numbers, at its confidence. Where members and non-members differ, a share of members
    found and an epsilon would pass that difference off as a leak, so the blind baseline's AUC is shown instead.
    """
    if not result.attacks:
        return ()
    blind = result.controls.blind
    if result.controls.sides_differ:
        return (_auc(result),) if blind is None else (_auc(result), _unasked(blind))
    return (_auc(result), *_tpr(result), _epsilon(result))


def _unasked(blind: BlindBaseline) -> KeyNumber:
    explained = "Reached by an attacker who sees only the records and labels. 0.5 is guessing."
    return KeyNumber("AUC without asking the model", number(blind.auc), bar(blind.auc), explained)


def _auc(result: AuditResult) -> KeyNumber:
    name = by_strength(result)[0]
    auc = {finding.name: finding.auc for finding in result.findings}.get(name, result.attacks[name].auc)
    return KeyNumber("Highest AUC", number(auc), bar(auc), _by(name, auc, "0.5 is guessing, 1 is certainty."))


def _tpr(result: AuditResult) -> tuple[KeyNumber, ...]:
    if not (fprs := limits(result)):
        return ()
    fpr = "0.01" if "0.01" in fprs else fprs[0]
    tprs = {name: attack.tpr_at_fpr[fpr] for name, attack in result.attacks.items() if fpr in attack.tpr_at_fpr}
    if fpr == "0.01":
        tprs |= {finding.name: finding.tpr for finding in result.findings}
    name = _highest(tprs)
    explained = _by(name, tprs[name], f"Guessing would find {percent(fpr)}.{_ties(result, fpr, tprs[name])}")
    return (KeyNumber(f"Members found at {percent(fpr)} false alarms", rate(tprs[name]), None, explained),)


def _ties(result: AuditResult, fpr: str, shown: Quantity) -> str:
    """Attacks that may find more than is shown at this rate, since equal scores allow them no cut."""
    hidden = {
        name: note
        for name, attack in result.attacks.items()
        if (note := hidden_by_ties(attack, fpr)) and _finds_more(attack.randomised_tpr_at_fpr.get(fpr), shown)
    }
    if not hidden:
        return ""
    strongest = next(name for name in by_strength(result) if name in hidden)
    others = f" ({len(hidden) - 1} more attacks have such ties)" if len(hidden) > 1 else ""
    return f" {strongest} has {hidden[strongest]}{others}."


def _finds_more(drawn: Quantity | None, shown: Quantity) -> bool:
    return drawn is not None and drawn.value is not None and shown.value is not None and drawn.value > shown.value


def _epsilon(result: AuditResult) -> KeyNumber:
    bounds = {name: attack.epsilon for name, attack in result.attacks.items()}
    bounds |= {finding.name: finding.epsilon for finding in result.findings}
    name = _highest(bounds)
    alone = f"At {confident(bounds[name].confidence)} confidence for this attack alone"
    held = "At 95\u00a0% confidence for all attacks together" if result.findings else alone
    scale = f"{held}; 0 proves nothing, higher is worse."
    explained = _by(name, bounds[name], scale)
    return KeyNumber("Privacy loss ε", bound(bounds[name]), None, explained)


def _highest(quantities: dict[str, Quantity]) -> str:
    """The attack with the highest lower end, as in the verdict; of several, that with the highest value."""

    def rank(name: str) -> tuple[float, float]:
        quantity = quantities[name]
        return -1.0 if quantity.low is None else quantity.low, quantity.value or 0.0

    return max(quantities, key=rank)


def _by(name: str, quantity: Quantity, scale: str) -> str:
    return scale if quantity.value is None else f"By {name}. {scale}"


def accuracy_gap(target: TargetFacts) -> str:
    """How far training and test accuracy are apart, as far as their intervals show; empty if either is unknown."""
    train, test = target.train_accuracy, target.test_accuracy
    if train.low is None or train.value is None or test.high is None or test.value is None:
        return ""
    if test.low is not None and train.high is not None and test.low > train.high:
        return "Test accuracy is higher than training accuracy."
    if train.low <= test.high:
        return "The intervals overlap, so no gap is shown."
    return f"{100 * (train.value - test.value):.1f} points apart: the wider this gap, the easier the attacks."


def assumptions(result: AuditResult) -> tuple[Assumption, ...]:
    """Attacks that know the same stand together, in the result's order."""
    together: dict[str, list[str]] = {}
    for name, attack in result.attacks.items():
        together.setdefault(_sentence(attack.adversary), []).append(name)
    return tuple(Assumption(adversary, tuple(names)) for adversary, names in together.items())


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}".rstrip(".") + "."
