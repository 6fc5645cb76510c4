"""The top of the page: the key numbers, and what the attackers are assumed to know."""

from typing import NamedTuple

from miaudit.attacks.base import MEANS, Means
from miaudit.auditing.findings import ERROR, QUESTIONS
from miaudit.auditing.result import AuditResult, BlindBaseline, TargetFacts
from miaudit.messages import listed
from miaudit.metrics.quantity import Quantity
from miaudit.presenter import PER_CENT, Printed, bound, confidence, count, limit, quantity, rate, score, share
from miaudit.report.tables import Bar, bar, by_strength, hidden_by_ties, measured_limits
from miaudit.report.words import MEANS_IN_WORDS


class KeyNumber(NamedTuple):
    """One number that a reader should take home."""

    title: str
    cell: Printed
    bar: Bar | None
    explained: str


class Assumption(NamedTuple):
    """What the attacker behind some of the attacks was assumed to know in this audit."""

    adversary: str
    attacks: tuple[str, ...]


class Attacker(NamedTuple):
    """Attackers with the same means, as on the ladder of the first screen."""

    title: str  # empty in results of earlier versions
    assumptions: tuple[Assumption, ...]


def headline_numbers(result: AuditResult) -> tuple[KeyNumber, ...]:
    """The highest AUC, true positive rate at the most usual limit, and bound on epsilon, each with its attack.

    They are the verdict's own numbers, at its confidence; what could not be measured is left out. Where members and
    non-members differ, a share of members found and an epsilon would pass that difference off as a leak, so the blind
    baseline's AUC is shown instead.
    """
    if not result.attacks:
        return ()
    blind = result.controls.blind
    keys: tuple[KeyNumber, ...]
    if result.controls.sides_differ:
        keys = (_auc(result),) if blind is None else (_auc(result), _unasked(blind))
    else:
        keys = (_auc(result), *_tpr(result), _epsilon(result))
    return tuple(key for key in keys if key.cell.value)


def _unasked(blind: BlindBaseline) -> KeyNumber:
    seen = "the records and labels" if blind.saw == "records" else "the labels"
    explained = f"Reached by an attacker who sees only {seen}. 0.5 is guessing."
    return KeyNumber("AUC without asking the model", quantity(blind.auc), bar(blind.auc), explained)


def _auc(result: AuditResult) -> KeyNumber:
    name = by_strength(result)[0]
    auc = {finding.name: finding.auc for finding in result.findings}.get(name, result.attacks[name].auc)
    scale = f"{_alone(result, quantity(result.attacks[name].auc), name)}0.5 is guessing, 1 is certainty."
    return KeyNumber("Highest AUC", quantity(auc), bar(auc), _by(name, scale))


def _tpr(result: AuditResult) -> tuple[KeyNumber, ...]:
    if not (fprs := measured_limits(result)):
        return ()
    fpr = "0.01" if "0.01" in fprs else fprs[0]
    single = {name: attack.tpr_at_fpr[fpr] for name, attack in result.attacks.items() if fpr in attack.tpr_at_fpr}
    together = {finding.name: finding.tpr for finding in result.findings} if fpr == "0.01" else {}
    tprs = single | together
    name = _highest(tprs)
    alone = _alone(result, rate(single.get(name)), name) if together else ""
    explained = _by(name, f"{alone}Guessing would find {limit(fpr)}.{_ties(result, fpr, tprs[name])}")
    return (KeyNumber(f"Members found at {limit(fpr)} false alarms", rate(tprs[name]), None, explained),)


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
    alone = result.attacks[name].epsilon
    held = f"At {confidence(alone.confidence)} confidence for this attack alone"
    if result.findings:
        single = f" ({name} alone: {bound(alone).value})" if alone.low is not None else ""
        held = f"At 95 % confidence for all attacks together{single}"
    scale = f"{held}; a bound of 0 proves nothing, a higher one is worse."
    return KeyNumber("Privacy loss ε", bound(bounds[name]), None, _by(name, scale))


def _alone(result: AuditResult, single: Printed, name: str) -> str:
    """That an interval holds for all attacks together, with that of the attack alone, which the tables give."""
    if len(result.findings) < 2 or not single.interval:
        return ""
    return f"For all attacks together ({name} alone: {single.interval}). "


def _highest(quantities: dict[str, Quantity]) -> str:
    """The attack with the highest lower end, as in the verdict; of several, that with the highest value."""

    def rank(name: str) -> tuple[float, float]:
        quantity = quantities[name]
        return -1.0 if quantity.low is None else quantity.low, quantity.value or 0.0

    return max(quantities, key=rank)


def _by(name: str, scale: str) -> str:
    return f"By {name}. {scale}"


def selection(result: AuditResult) -> str:
    """How the key numbers were chosen among the attacks, and what their intervals allow for; empty for one attack."""
    shown = headline_numbers(result)
    if len(result.attacks) < 2 or not shown:
        return ""
    chosen = f"The highest AUC is that of the best of {count(len(result.attacks))} attacks."
    if not result.controls.sides_differ:
        chosen = (
            f"The key numbers are the best of {count(len(result.attacks))} attacks: the highest AUC, and otherwise the "
            "value with the highest lower bound."
        )
    if not result.findings:
        return f"{chosen} The intervals are not corrected for that choice; bounds in the verdict are, and may be lower."
    corrected = confidence(result.findings[0].auc.confidence)
    return (
        f"{chosen} As in the verdict, intervals are corrected for that choice: {confidence(1 - ERROR)} for all "
        f"{count(len(result.findings))} attacks and {QUESTIONS} numbers each together, which is {corrected} for "
        "each one."
    )


def facts_of_target(target: TargetFacts, records: int) -> tuple[KeyNumber, ...]:
    """What is known of the target and of the audited records, of which there are `records` in the table."""
    return (*_accuracy(target), _records(target, records), *_floor(target))


def subject(target: TargetFacts, records: int) -> str:
    """How many records were audited, in words; `records` counts those in the table, if the truth is unknown."""
    if not target.members + target.nonmembers:
        return f"{count(records)} records"
    return f"{count(target.members)} training records and {count(target.nonmembers)} outsiders"


def _accuracy(target: TargetFacts) -> tuple[KeyNumber, ...]:
    """Training and test accuracy, as far as they were measured."""
    train, test = rate(target.train_accuracy), rate(target.test_accuracy)
    if train.value and test.value:
        both = Printed(f"{train.value.removesuffix(PER_CENT)} → {test.value}")
        explained = " · ".join(filter(None, (f"{train.interval} and {test.interval}", accuracy_gap(target))))
        return (KeyNumber("Accuracy, training → test", both, None, explained),)
    known = {"Accuracy, training": train, "Accuracy, test": test}
    return tuple(KeyNumber(title, cell, None, "") for title, cell in known.items() if cell.value)


def _records(target: TargetFacts, records: int) -> KeyNumber:
    classes = f"{count(target.classes)} classes" if target.classes else f"one {target.outputs} per record"
    if target.class_names:
        classes += f": {listed(target.class_names)}"
    known = target.members + target.nonmembers
    if not known:
        return KeyNumber(
            "Audited records", Printed(count(records)), None, f"It is not known which are members · {classes}"
        )
    sides = f"{count(target.members)} members, {count(target.nonmembers)} non-members"
    return KeyNumber("Audited records", Printed(count(known)), None, f"{sides} · {classes}")


def _floor(target: TargetFacts) -> tuple[KeyNumber, ...]:
    """How probabilities of exactly 0 and 1 are read, where the models give any."""
    if not target.probability_floor:
        return ()
    explained = (
        "Half of the smallest positive probability that any model gave. A probability of 0 is raised to this floor, "
        "and one of 1 lowered by as much."
    )
    if target.saturated:
        explained += f" {share(target.saturated)} of the audited records have a probability of exactly 0 or 1."
    return (KeyNumber("Probability floor", Printed(score(target.probability_floor)), None, explained),)


def accuracy_gap(target: TargetFacts) -> str:
    """How far apart training and test accuracy are, if their intervals show a gap; empty if either is unknown."""
    train, test = target.train_accuracy, target.test_accuracy
    if train.low is None or train.value is None or test.high is None or test.value is None:
        return ""
    if test.low is not None and train.high is not None and test.low > train.high:
        return "Test accuracy is higher than training accuracy."
    if train.low <= test.high:
        return "The intervals overlap, so no gap is shown."
    return f"{100 * (train.value - test.value):.1f} points apart: the wider this gap, the easier the attacks."


def attackers(result: AuditResult) -> tuple[Attacker, ...]:
    """The attackers in the order of the ladder, each with what they were assumed to know and their attacks."""
    kinds: tuple[Means | None, ...] = (*MEANS, None)
    named = {means: tuple(name for name, each in result.attacks.items() if each.means == means) for means in kinds}
    return tuple(
        Attacker(MEANS_IN_WORDS[means][0] if means else "", _assumptions(result, names))
        for means, names in named.items()
        if names
    )


def _assumptions(result: AuditResult, names: tuple[str, ...]) -> tuple[Assumption, ...]:
    """What these attackers were assumed to know, with the attacks that share it, in the order of the result."""
    together: dict[str, list[str]] = {}
    for name in names:
        together.setdefault(_sentence(result.attacks[name].adversary), []).append(name)
    return tuple(Assumption(adversary, tuple(sharing)) for adversary, sharing in together.items())


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}".rstrip(".") + "."
