"""`report.html` of a comparison of defences: one table, and links to the single audits."""

from pathlib import Path
from typing import NamedTuple

from miaudit.auditing.comparison import Comparison, Defended, Leakage
from miaudit.auditing.effects import defence_verdict
from miaudit.files import write_atomically
from miaudit.metrics.quantity import Quantity
from miaudit.report.page import environment, policy, trusted
from miaudit.report.tables import Bar, Cell, bar, maybe, number, rate
from miaudit.report.words import GLOSSARY

LIMITS = ("0.01", "0.001")
WORDS = ("Member, non-member", "Membership inference", "ROC curve, AUC", "TPR at an FPR", "Epsilon (ε)")


class Found(NamedTuple):
    """What one attacker finds at most."""

    attacker: str
    folder: str
    auc: Cell
    by: str  # the attack
    bar: Bar | None
    rates: tuple[tuple[Cell, str], ...]  # with their attacks


class DefenceRow(NamedTuple):
    """One defence."""

    title: str
    train_accuracy: Cell
    test_accuracy: Cell
    guarantee: str
    found: tuple[Found, ...]


def write_comparison(result: Comparison, path: Path) -> None:
    """Write the page to `path`, whole or not at all."""
    write_atomically(path, render_comparison(result).encode())


def render_comparison(result: Comparison) -> str:
    """The page as text; the same result gives the same text."""
    scripts = {name: trusted(f"{name}.js") for name in ("theme", "switch")}
    return (
        environment()
        .get_template("defences.html")
        .render(
            result=result,
            verdict=defence_verdict(result),
            rows=[_row(row) for row in result.rows],
            each=[(row.title, *each) for row in result.rows for each in _each_attack(row)],
            limits=LIMITS,
            glossary={word: GLOSSARY[word] for word in WORDS},
            styles=trusted("style.css"),
            scripts=scripts,
            policy=policy(scripts.values()),
        )
    )


def _row(row: Defended) -> DefenceRow:
    return DefenceRow(
        title=row.title,
        train_accuracy=rate(row.train_accuracy),
        test_accuracy=rate(row.test_accuracy),
        guarantee="" if row.guarantee is None else row.guarantee.text,
        found=tuple(_found(_who(row, attacker), leak) for attacker, leak in row.distinct.items()),
    )


def _who(row: Defended, attacker: str) -> str:
    return attacker if row.is_defended else ""


def _found(attacker: str, leak: Leakage) -> Found:
    name = leak.strongest
    auc = next(iter(leak.attacks.values())).auc if name is None else leak.attacks[name].auc
    highest = [leak.highest(fpr) for fpr in LIMITS]
    rates = tuple(
        (maybe(_unresolved(leak, fpr), "not measured"), "") if found is None else (rate(found[1]), found[0])
        for fpr, found in zip(LIMITS, highest, strict=True)
    )
    return Found(attacker, leak.folder, number(auc), name or "", bar(auc), rates)


def _unresolved(leak: Leakage, fpr: str) -> Quantity | None:
    return next((each.tpr_at_fpr[fpr] for each in leak.attacks.values() if fpr in each.tpr_at_fpr), None)


def _each_attack(row: Defended) -> list[tuple[str, str, Cell, tuple[Cell, ...]]]:
    """Attacker, attack and its numbers."""
    return [
        (
            _who(row, attacker),
            name,
            number(leak.auc),
            tuple(maybe(leak.tpr_at_fpr.get(fpr), "not measured") for fpr in LIMITS),
        )
        for attacker, found in row.distinct.items()
        for name, leak in found.attacks.items()
    ]
