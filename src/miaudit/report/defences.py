"""`report.html` of a comparison of defences: one table, and links to the single audits."""

from pathlib import Path
from typing import NamedTuple

from miaudit.auditing.defences_result import DefencesResult, Defended, Leakage
from miaudit.auditing.effects import defence_verdict
from miaudit.files import write_atomically
from miaudit.presenter import Printed, quantity, rate
from miaudit.report.page import environment, policy, trusted
from miaudit.report.tables import Bar, bar, rate_missing
from miaudit.report.words import GLOSSARY

LIMITS = ("0.01", "0.001")
WORDS = ("Member, non-member", "Membership inference", "ROC curve, AUC", "TPR at an FPR", "Epsilon (ε)")


class Found(NamedTuple):
    """The highest values that one attacker reaches, and the attacks behind them."""

    attacker: str
    folder: str
    auc: Printed
    by: str  # the attack
    bar: Bar | None
    rates: tuple[tuple[Printed, str], ...]  # with their attacks


class DefenceRow(NamedTuple):
    """One defence in the table: its accuracy, its guarantee, and what each attacker finds."""

    title: str
    train_accuracy: Printed
    test_accuracy: Printed
    guarantee: str
    found: tuple[Found, ...]


def write_defences(result: DefencesResult, path: Path) -> None:
    """Write the page to `path`, whole or not at all."""
    write_atomically(path, render_defences(result).encode())


def render_defences(result: DefencesResult) -> str:
    """The page as text; the same result gives the same text."""
    limits = measured_limits(result)
    scripts = {name: trusted(f"{name}.js") for name in ("theme", "switch")}
    return (
        environment()
        .get_template("defences.html")
        .render(
            result=result,
            verdict=defence_verdict(result),
            rows=[_row(row, limits) for row in result.rows],
            each=[(row.title, *each) for row in result.rows for each in _each_attack(row, limits)],
            limits=limits,
            missing_rates=[rate_missing(fpr, _reason(result, fpr)) for fpr in LIMITS if fpr not in limits],
            glossary={word: GLOSSARY[word] for word in WORDS},
            styles=trusted("style.css"),
            scripts=scripts,
            policy=policy(scripts.values()),
        )
    )


def measured_limits(result: DefencesResult) -> tuple[str, ...]:
    """The false positive rates at which some attack's true positive rate could be measured in some audit."""
    leaks = [leak for row in result.rows for leak in row.attackers.values()]
    return tuple(fpr for fpr in LIMITS if any(leak.highest(fpr) for leak in leaks))


def _reason(result: DefencesResult, fpr: str) -> str:
    """Why no audit has the true positive rate at this limit."""
    attacks = (attack for row in result.rows for leak in row.attackers.values() for attack in leak.attacks.values())
    return next((attack.tpr_at_fpr[fpr].note for attack in attacks if fpr in attack.tpr_at_fpr), "")


def _row(row: Defended, limits: tuple[str, ...]) -> DefenceRow:
    return DefenceRow(
        title=row.title,
        train_accuracy=rate(row.train_accuracy),
        test_accuracy=rate(row.test_accuracy),
        guarantee="" if row.guarantee is None else row.guarantee.text,
        found=tuple(_found(_who(row, attacker), leak, limits) for attacker, leak in row.distinct.items()),
    )


def _who(row: Defended, attacker: str) -> str:
    return attacker if row.is_defended else ""


def _found(attacker: str, leak: Leakage, limits: tuple[str, ...]) -> Found:
    name = leak.strongest
    auc = next(iter(leak.attacks.values())).auc if name is None else leak.attacks[name].auc
    highest = [leak.highest(fpr) for fpr in limits]
    rates = tuple((rate(None), "") if found is None else (rate(found[1]), found[0]) for found in highest)
    return Found(attacker, leak.folder, quantity(auc), name or "", bar(auc), rates)


def _each_attack(row: Defended, limits: tuple[str, ...]) -> list[tuple[str, str, Printed, tuple[Printed, ...]]]:
    """The numbers of every attack, a row each: attacker, attack, AUC and rates."""
    return [
        (_who(row, attacker), name, quantity(leak.auc), tuple(rate(leak.tpr_at_fpr.get(fpr)) for fpr in limits))
        for attacker, found in row.distinct.items()
        for name, leak in found.attacks.items()
    ]
