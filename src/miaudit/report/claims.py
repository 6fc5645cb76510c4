"""What each attack would claim at its cut, and how often it would be right."""

from typing import Any, NamedTuple

from miaudit.auditing.result import AttackResult, AuditResult, Decision
from miaudit.auditing.scoring import ON_SHADOWS
from miaudit.decisions.naming import NamedNow
from miaudit.decisions.plain import of_hundred
from miaudit.presenter import Printed, rate, score
from miaudit.report.tables import by_strength


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
    borrowed: str  # a sentence where the attacker has not what the cut was chosen on; else empty
    matrices: tuple[Matrix, ...]
    precision: Printed
    recall: Printed
    all_together: str = ""  # range of the precision, of 100, for all attacks together, where it names records


def cut_rows(result: AuditResult, named: NamedNow | None = None) -> tuple[DecisionRow, ...]:
    """The claims of every attack that has a cut, with its confusion matrix where the truth is known.

    Args:
        result: the result of the audit.
        named: the records that the first screen names; the attack that names them at its own cut has the range of the
            first screen beside its own.
    """
    rows = (_decision_row(name, result.attacks[name]) for name in by_strength(result) if _claims(result, name))
    if named is None or not named.own_cut:
        return tuple(rows)
    low, high = (of_hundred(end or 0.0) for end in (named.precision.low, named.precision.high))
    return tuple(row._replace(all_together=f"{low} to {high}") if row.name == named.attack else row for row in rows)


def cutless(result: AuditResult) -> dict[str, tuple[str, ...]]:
    """The attacks that claim nothing, by the reason why no cut could be chosen."""
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
        cut="" if decision.cut is None else score(decision.cut),
        borrowed=_borrowed(attack),
        matrices=_audited(decision),
        precision=rate(decision.precision, "no record is called a member" if decision.tp == 0 else "not measured"),
        recall=rate(decision.recall),
    )


def _borrowed(attack: AttackResult) -> str:
    """That the cut comes from models which an attacker who trains none does not have; empty where they have them."""
    if attack.means not in ("queries", "records") or not attack.decision.rule.endswith(f" on {ON_SHADOWS}"):
        return ""
    return (
        "This cut is borrowed: an attacker of this kind trains no models, so they have no shadow models to choose it "
        "on, and would have to guess it."
    )


def _audited(decision: Decision) -> tuple[Matrix, ...]:
    counts = (decision.tp, decision.fp, decision.tn, decision.fn)
    known = [count for count in counts if count is not None]
    return (Matrix("Audited records", *known),) if len(known) == len(counts) else ()


def learned_matrices(learned: dict[str, Any]) -> tuple[Matrix, ...]:
    """The confusion matrices among what an attack reports that it learned; means over trials are rounded.

    The records that it learned from may be among the audited ones, so the titles do not speak of a rest.
    """
    titles = {
        "confusion_sample": "On the records of known membership that it learned from",
        "confusion_rest": "On all audited records, each judged without knowledge of its own membership",
    }
    return tuple(
        Matrix(title, *(round(learned[key][kind]) for kind in ("tp", "fp", "tn", "fn")))
        for key, title in titles.items()
        if learned.get(key)
    )
