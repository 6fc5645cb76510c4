"""Digits as members, non-members and population, with made-up predictions, for tests of `audit()`."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from miaudit import Audit, Predictions, audit
from miaudit.arrays import Floats, Ints
from miaudit.attacks.base import Needs
from miaudit.datasets.digits import Digits
from miaudit.evidence import Evidence

DIGITS = Digits().load()
FLAT = DIGITS.x.reshape(len(DIGITS), -1)
Records = tuple[Floats, Ints]


@dataclass(frozen=True)
class Own:
    """Minus the loss of another model (an attack of one's own)."""

    paper: ClassVar[str] = "none"
    equation: ClassVar[str] = "none"
    adversary: ClassVar[str] = "none"
    learns: ClassVar[bool] = False
    sign: float = 1.0

    @property
    def needs(self) -> Needs:
        return Needs()

    def score(self, evidence: Evidence, rng: np.random.Generator) -> Floats:
        return self.sign * evidence.audit.target("loss")


def part(start: int, end: int) -> Records:
    """Digits in an order that shows all classes everywhere."""
    rows = np.random.default_rng(0).permutation(len(DIGITS))[start:end]
    return FLAT[rows], DIGITS.y[rows]


MEMBERS, NONMEMBERS, POPULATION = part(0, 300), part(300, 600), part(600, 750)


def probabilities(seed: int = 0) -> tuple[Floats, Floats]:
    """Of members, surer, and of non-members."""
    rng = np.random.default_rng(seed)
    parts = []
    for (_, y), sure in ((MEMBERS, 4.0), (NONMEMBERS, 2.0)):
        logits = rng.normal(size=(len(y), 10))
        logits[np.arange(len(y)), y] += sure
        parts.append(np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True))
    return parts[0], parts[1]


def predicted(tmp_path: Path, **options: Any) -> Audit:
    options = {"members": MEMBERS, "nonmembers": NONMEMBERS, "target": Predictions(*probabilities()), **options}
    return audit(store=tmp_path, **options)
