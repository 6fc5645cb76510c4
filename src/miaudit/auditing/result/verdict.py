"""The part of a result that holds the verdict and the numbers behind it."""

from typing import Literal

from miaudit.auditing.result.base import Record
from miaudit.metrics.quantity import Quantity


class WeakSign(Record):
    """An attack that would count as better than guessing if it were the only one; at 95 %, as in the tables."""

    clear: bool
    """Whether it is clearer than the clearest sign of any attack in nine of ten audits where nothing leaks."""
    auc: Quantity
    """AUC at 95 % confidence."""
    tpr: Quantity
    """True positive rate at 1 % FPR, at 95 % confidence."""
    records: int
    """Number of audited records that would confirm the sign if it is as strong as it looks."""


class Finding(Record):
    """One attack's advantage at the verdict's confidence, which is corrected for the number of attacks and measures."""

    name: str
    """Title of the attack."""
    auc: Quantity
    """AUC at the verdict's confidence."""
    tpr: Quantity
    """True positive rate at 1 % FPR, at the verdict's confidence."""
    epsilon: Quantity
    """Epsilon at the verdict's confidence; its `low` is the lower bound."""
    sign: WeakSign | None = None
    """The sign of a leak that the verdict's confidence does not confirm, if there is one."""


Level = Literal[
    "leaks", "distribution_shift", "weak_signs", "no_leak_found", "references_unlike", "too_few_records", "invalid"
]


class Verdict(Record):
    """The answer in plain words."""

    level: Level
    """The answer in one word, for programs."""
    headline: str
    """The answer in one sentence."""
    sentences: tuple[str, ...]
    """What the answer rests on, and what limits it."""
