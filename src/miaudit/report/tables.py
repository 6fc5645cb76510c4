"""The report's tables as rows of text, ready to print."""

import json
import math
from collections.abc import Callable
from typing import Any, NamedTuple

from miaudit.auditing.result import AttackResult, AuditResult, Decision
from miaudit.metrics.quantity import Quantity

PER_CENT = "\u00a0%"  # a number keeps its sign on the line
AUC_SCALE = (0.4, 1.0)  # what the small interval bars span


class Cell(NamedTuple):
    """A quantity in print: a value with its interval, or the note that says why there is none."""

    value: str
    interval: str
    note: str
    detail: str  # confidence and count, for those who ask


class Bar(NamedTuple):
    """An interval on a scale, in per cent of its width."""

    low: float
    at: float
    high: float
    guess: float  # where guessing stands


class AttackRow(NamedTuple):
    """One attack in the main table."""

    name: str
    auc: Cell
    bar: Bar | None
    balanced_accuracy: Cell
    tprs: tuple[Cell, ...]
    epsilon: Cell


class Matrix(NamedTuple):
    """Counts of claims against the truth; shares are within members and within non-members."""

    title: str
    tp: int
    fp: int
    tn: int
    fn: int

    @property
    def recall(self) -> float:
        """Share of the members that are called members."""
        return self.tp / max(self.tp + self.fn, 1)

    @property
    def false_alarms(self) -> float:
        """Share of the non-members that are called members."""
        return self.fp / max(self.fp + self.tn, 1)


class DecisionRow(NamedTuple):
    """What one attack would claim at its cut."""

    name: str
    decision: Decision
    cut: str  # empty where there is no single one
    matrices: tuple[Matrix, ...]
    precision: Cell
    recall: Cell


def number(quantity: Quantity, digits: int = 3) -> Cell:
    """A quantity as a plain number."""
    return _cell(quantity, lambda value: f"{value:.{digits}f}")


def rate(quantity: Quantity) -> Cell:
    """A quantity in [0, 1] in per cent: one digit after the point, two below 10 %, three below 0.1 %."""
    size = quantity.value or 0.0
    digits = _digits(size)
    return _cell(quantity, lambda value: f"{100 * value:.{digits}f}{PER_CENT}")


def brief(share: float) -> str:
    r"""A share in per cent, with as many digits as `rate` shows.

    >>> brief(0.2594)
    '25.9\xa0%'
    """
    return f"{100 * share:.{_digits(share)}f}{PER_CENT}"


def _digits(size: float) -> int:
    return 1 if size >= 0.1 else 2 if size >= 0.001 or size == 0 else 3


def bound(quantity: Quantity) -> Cell:
    """An epsilon: the lower bound is the statement, the value only an estimate."""
    if quantity.value is None or quantity.low is None:
        return _cell(quantity, str)
    detail = f"{confident(quantity.confidence)} confidence for this attack alone, n = {quantity.n:,}"
    return Cell(f"≥ {quantity.low:.2f}", f"estimate {quantity.value:.2f}", "", detail)


def maybe(quantity: Quantity | None, otherwise: str) -> Cell:
    """A rate that may be absent, with the words for that."""
    return Cell("", "", otherwise, "") if quantity is None else rate(quantity)


def _cell(quantity: Quantity, form: Callable[[float], str]) -> Cell:
    detail = f"{confident(quantity.confidence)} interval, n = {quantity.n:,}"
    if quantity.value is None:
        return Cell("", "", quantity.note or "not resolved", detail)
    return Cell(form(quantity.value), _interval(quantity, form), quantity.note, detail)


def _interval(quantity: Quantity, form: Callable[[float], str]) -> str:
    low, high = (None if end is None else form(end).removesuffix(PER_CENT) for end in (quantity.low, quantity.high))
    if low and high:
        return f"{low} – {high}"
    return f"at least {low}" if low else f"at most {high}" if high else ""


def bar(quantity: Quantity, scale: tuple[float, float] = AUC_SCALE, guess: float = 0.5) -> Bar | None:
    """The interval on a scale; None where the quantity has no value.

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
    """The false positive rates at which any attack has a true positive rate, the largest first, as in the result."""
    keys = {key for attack in result.attacks.values() for key in attack.tpr_at_fpr}
    return tuple(sorted(keys, key=float, reverse=True))


def recalls(result: AuditResult) -> tuple[str, ...]:
    """The recalls at which any attack has a precision, rising, as in the result."""
    keys = {key for attack in result.attacks.values() for key in attack.precision_at_recall}
    return tuple(sorted(keys, key=float))


def percent(share: float | str) -> str:
    r"""A share without needless digits.

    >>> percent("0.001")
    '0.1\xa0%'
    """
    return f"{100 * float(share):.10g}{PER_CENT}"


def confident(confidence: float) -> str:
    r"""A confidence with the digits that tell it from certainty.

    >>> confident(0.95), confident(1 - 0.05 / 150)
    ('95\xa0%', '99.967\xa0%')
    """
    rest = float(f"{100 * (1 - confidence):.2g}")
    return f"{100 - rest:.10g}{PER_CENT}"


def attack_rows(result: AuditResult) -> tuple[AttackRow, ...]:
    """The main table, the strongest attack first."""
    return tuple(_attack_row(name, result.attacks[name], limits(result)) for name in by_strength(result))


def _attack_row(name: str, attack: AttackResult, fprs: tuple[str, ...]) -> AttackRow:
    return AttackRow(
        name=name,
        auc=number(attack.auc),
        bar=bar(attack.auc),
        balanced_accuracy=number(attack.balanced_accuracy),
        tprs=tuple(_tpr(attack, fpr) for fpr in fprs),
        epsilon=bound(attack.epsilon),
    )


def _tpr(attack: AttackResult, fpr: str) -> Cell:
    """The rate, and where equal scores leave no cut for it, what there is instead."""
    cell = maybe(attack.tpr_at_fpr.get(fpr), "not measured")
    hidden = hidden_by_ties(attack, fpr)
    return cell._replace(note=hidden) if cell.value and hidden else cell


def hidden_by_ties(attack: AttackResult, fpr: str) -> str:
    """What the attack finds although equal scores allow no cut at this rate; empty where a cut is possible.

    The first possible cut, and the rate where ties are broken at random.
    """
    first = attack.first_cut
    if first is None or not first.hides(float(fpr)):
        return ""
    drawn = attack.randomised_tpr_at_fpr.get(fpr)
    by_coin = "" if drawn is None or drawn.value is None else f"; {brief(drawn.value)} with ties broken at random"
    return f"ties: the first cut finds {brief(first.tpr)} at {brief(first.fpr)} FPR{by_coin}"


def precision_rows(result: AuditResult) -> tuple[tuple[str, tuple[Cell, ...]], ...]:
    """Precision at fixed recalls, an attack a row."""
    measured = {name: result.attacks[name].precision_at_recall for name in by_strength(result)}
    return tuple(
        (name, tuple(maybe(precisions.get(recall), "not measured") for recall in recalls(result)))
        for name, precisions in measured.items()
        if precisions
    )


def cut_rows(result: AuditResult) -> tuple[DecisionRow, ...]:
    """What each attack would claim, with its confusion matrices where the truth is known; attacks that have a rule."""
    return tuple(_decision_row(name, result.attacks[name]) for name in by_strength(result) if _claims(result, name))


def cutless(result: AuditResult) -> dict[str, tuple[str, ...]]:
    """Attacks that claim nothing, by the reason: there was nothing to choose a cut on."""
    found: dict[str, list[str]] = {}
    for name in by_strength(result):
        if not _claims(result, name):
            found.setdefault(_capitalised(result.attacks[name].decision.rule.removeprefix("none: ")), []).append(name)
    return {reason: tuple(names) for reason, names in found.items()}


def _claims(result: AuditResult, name: str) -> bool:
    return not result.attacks[name].decision.rule.startswith("none: ")


def _capitalised(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"


def _decision_row(name: str, attack: AttackResult) -> DecisionRow:
    decision = attack.decision
    return DecisionRow(
        name=name,
        decision=decision,
        cut="" if decision.cut is None else short(decision.cut),
        matrices=_audited(decision),
        precision=maybe(decision.precision, "no record is called a member" if decision.tp == 0 else "not measured"),
        recall=maybe(decision.recall, "not measured"),
    )


def _audited(decision: Decision) -> tuple[Matrix, ...]:
    counts = (decision.tp, decision.fp, decision.tn, decision.fn)
    known = [count for count in counts if count is not None]
    return (Matrix("Audited records", *known),) if len(known) == len(counts) else ()


def learned_matrices(learned: dict[str, Any]) -> tuple[Matrix, ...]:
    """The confusion matrices that an attack tells of itself; means over trials are rounded."""
    titles = {"confusion_sample": "On the attacker's own sample", "confusion_rest": "On the records that it judged"}
    return tuple(
        Matrix(title, *(round(learned[key][kind]) for kind in ("tp", "fp", "tn", "fn")))
        for key, title in titles.items()
        if learned.get(key)
    )


def short(value: float) -> str:
    """Four significant digits, with a true minus sign.

    >>> short(-1234.5678), short(1.1)
    ('−1235', '1.100')
    """
    if not math.isfinite(value):
        return {math.inf: "∞", -math.inf: "−∞"}.get(value, "–")
    return f"{value:#.4g}".removesuffix(".").replace("-", "−")


def facts(values: dict[str, Any]) -> dict[str, str]:
    """The plain values among what an attack was given or has learned, as text."""
    return {key: fact(value) for key, value in values.items() if value is None or isinstance(value, int | float | str)}


def fact(value: Any) -> str:
    """One value as text; numbers short, structures as JSON."""
    if isinstance(value, bool) or value is None:
        return {True: "yes", False: "no", None: "none"}[value]
    if isinstance(value, float):
        return f"{value:.6g}"
    return value if isinstance(value, str) else json.dumps(value, indent=2, sort_keys=True, default=str)
