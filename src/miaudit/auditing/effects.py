"""Judges defences: which of them lower what attackers find, which raise it, and what they cost."""

from collections.abc import Iterator
from typing import Literal, NamedTuple

from miaudit.auditing.defences_result import DefencesResult, Defended, Leakage
from miaudit.metrics.quantity import Quantity
from miaudit.presenter import number, share

RATE = "0.01"  # the false positive rate at which members found are compared
WHO = {"knows": "an attacker who knows of it", "unaware": "an attacker who does not know of it"}

Direction = Literal["raises", "lowers", "unclear"]


class Effect(NamedTuple):
    """One measure of what one attacker finds without a defence and with it, each the highest among the attacks."""

    attacker: str
    measure: str
    before: Quantity
    after: Quantity

    @property
    def direction(self) -> Direction:
        """The direction of the change; "unclear" where the two intervals overlap."""
        if _is_above(self.after, self.before):
            return "raises"
        return "lowers" if _is_above(self.before, self.after) else "unclear"

    @property
    def text(self) -> str:
        """The change in words, to follow the name of the defence."""
        form = number if self.measure == "AUC" else share
        before, after = (form(each.value) for each in (self.before, self.after))
        return f"{self.direction} the highest {self.measure} from {before} to {after} for {self.attacker}"


class DefenceVerdict(NamedTuple):
    """Sentences on what the defences change."""

    direction: Direction  # "raises" if any defence does
    headline: str
    sentences: tuple[str, ...]


def defence_verdict(result: DefencesResult) -> DefenceVerdict:
    """Compare every defence with the first row of the result, which has no defence."""
    bare, *defended = result.rows
    found = {row.title: tuple(_effects(bare, row)) for row in defended}
    raising, lowering = (_with(found, direction) for direction in ("raises", "lowers"))
    unclear = [title for title in found if title not in {*raising, *lowering}]
    sentences = [_sentence(bare, row, found[row.title]) for row in defended if row.title not in unclear]
    if unclear:
        sentences.append(f"No change is shown for {', '.join(unclear)}: intervals with and without it overlap.")
    leaking = [row.title for row in defended if _leaks(row)]
    if leaking:
        sentences.append(f"The model still leaks with {', '.join(leaking)}{', and without a defence' * _leaks(bare)}.")
    return DefenceVerdict(
        "raises" if raising else "lowers" if lowering else "unclear",
        _headline(raising, lowering, len(found)),
        tuple(sentences),
    )


def _with(found: dict[str, tuple[Effect, ...]], direction: str) -> list[str]:
    return [title for title, effects in found.items() if any(each.direction == direction for each in effects)]


def _headline(raising: list[str], lowering: list[str], count: int) -> str:
    if raising:
        return f"Attackers find more with {' and with '.join(raising)} than without a defence."
    if not count:
        return "No defence was compared."
    if not lowering:
        return "No defence is shown to change what attackers find."
    return f"{len(lowering)} of {count} {'defence lowers' if count == 1 else 'defences lower'} what attackers find."


def _sentence(bare: Defended, row: Defended, effects: tuple[Effect, ...]) -> str:
    """What the defence changes, and the test accuracy it costs."""
    parts = [each.text for each in effects if each.direction != "unclear"]
    sentences = [f"{row.title} {', and '.join(parts)}."]
    if _is_above(bare.test_accuracy, row.test_accuracy):
        before, after = (share(each.test_accuracy.value) for each in (bare, row))
        sentences.append(f"Test accuracy falls from {before} to {after}.")
    return " ".join(sentences)


def _effects(bare: Defended, row: Defended) -> Iterator[Effect]:
    for attacker, after in row.distinct.items():
        before = bare.attackers.get(attacker, next(iter(bare.attackers.values())))
        pairs = {"AUC": (_auc(before), _auc(after)), "TPR at 1 % FPR": (_tpr(before), _tpr(after))}
        for measure, (old, new) in pairs.items():
            if old is not None and new is not None:
                yield Effect(WHO[attacker], measure, old, new)


def _leaks(row: Defended) -> bool:
    return any(leak.verdict == "leaks" for leak in row.attackers.values())


def _auc(leak: Leakage) -> Quantity | None:
    return None if leak.strongest is None else leak.attacks[leak.strongest].auc


def _tpr(leak: Leakage) -> Quantity | None:
    found = leak.highest(RATE)
    return None if found is None else found[1]


def _is_above(one: Quantity, other: Quantity) -> bool:
    return one.low is not None and other.high is not None and one.low > other.high
