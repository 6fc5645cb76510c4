"""Explains which cut each count of found records belongs to, so that counts of different cuts are not mixed up."""

from typing import NamedTuple

from miaudit.auditing.grouped import ALPHA
from miaudit.auditing.result import AuditResult, Decision
from miaudit.decisions.naming import NamedNow
from miaudit.presenter import count, limit
from miaudit.report.tables import by_strength, measured_limits

LOW = "0.01"  # the false positive rate of the 1 % cut


class NamedCut(NamedTuple):
    """A kind of cut."""

    name: str  # the same words wherever the page gives a count
    meaning: str
    found: str  # what is found there in this audit; empty where that may not be shown


def which_cuts(result: AuditResult, named: NamedNow | None) -> tuple[NamedCut, ...]:
    """The cuts of this page; none where it has no counts of found records.

    Args:
        result: the result of the audit.
        named: the records that the first screen names; None for none.
    """
    if not result.attacks or not result.target.members:
        return ()
    shown = result.release is None
    cuts = (
        _one_per_cent(result, shown),
        _own(result, named.attack if named is not None and named.own_cut else "", shown),
        None if named is None or named.own_cut else _precise(named),
        PAGE if shown else None,
        BEST,
    )
    return tuple(cut for cut in cuts if cut is not None)


PAGE = NamedCut(
    "The cut of this page",
    "is set by the slider, with the truth. It begins at the 1 % cut and moves charts, claims and table together.",
    "",
)
BEST = NamedCut("The best cut", "is the one with the highest balanced accuracy, read off with the truth.", "")


def _one_per_cent(result: AuditResult, shown: bool) -> NamedCut | None:
    if LOW not in measured_limits(result):
        return None
    rates = {name: attack.tpr_at_fpr[LOW].value or 0.0 for name, attack in result.attacks.items()}
    best = max(rates, key=lambda name: rates[name])
    members = result.target.members
    return NamedCut(
        "The 1 % cut",
        "is the score that at most 1 of 100 non-members exceed. It is read off with the truth, which no attacker has, "
        "and measures a leak: the TPR at 1 % FPR in tables, the members found at 1 % false alarms.",
        f"There, {best} finds {count(round(rates[best] * members))} of {count(members)} members." if shown else "",
    )


def _own(result: AuditResult, naming: str, shown: bool) -> NamedCut | None:
    claims = {name: result.attacks[name].decision for name in by_strength(result)}
    claiming = [name for name, decision in claims.items() if decision.tp is not None]
    if not claiming:
        return None
    told = dict.fromkeys((claiming[0], naming) if naming in claiming else claiming[:1])
    return NamedCut(
        "An attack’s own cut",
        "is chosen by the attacker, who does not know the truth. At this cut the attacker calls records members.",
        " ".join(_claimed(name, claims[name]) for name in told) if shown else "",
    )


def _precise(named: NamedNow) -> NamedCut:
    return NamedCut(
        f"The {limit(ALPHA)} cut",
        f"is the lowest of the cuts tried (with 1, 2, 3, … records above, then a tenth more each time) above which at "
        f"least {limit(ALPHA)} of the records are members, read off with the truth.",
        f"At that of {named.attack} lie {count(named.number)} records, {count(named.members)} of them members.",
    )


def _claimed(name: str, decision: Decision) -> str:
    """How many records an attack calls members at its own cut, and how many of them are."""
    right, wrong = decision.tp or 0, decision.fp or 0
    if not wrong:
        return f"At its own, {name} calls {count(right)} records members, and is right about all of them."
    return (
        f"At its own, {name} calls {count(right + wrong)} records members: {count(right)} are, {count(wrong)} are not."
    )
