"""Attacks that tests can see through."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from miaudit.arrays import Floats
from miaudit.attacks.base import Needs
from miaudit.evidence import Evidence, Panel

NOTHING = Needs()


@dataclass(frozen=True)
class Fake:
    """The loss."""

    paper: ClassVar[str] = "none"
    equation: ClassVar[str] = "none"
    adversary: ClassVar[str] = "none"
    learns: ClassVar[bool] = False
    needs: Needs = NOTHING

    def score(self, evidence: Evidence, rng: np.random.Generator) -> Floats:
        assert evidence.audit.member is None
        assert all(panel.member is None for panel in evidence.shadow_populations)
        return evidence.audit.target("loss")


@dataclass(frozen=True)
class Memoriser(Fake):
    """1 for records that it has learnt of, by their content; 0 for others."""

    learns: ClassVar[bool] = True

    def score(self, evidence: Evidence, rng: np.random.Generator) -> Floats:
        seen = {key for shadow in evidence.shadows for key in records(shadow)}
        return np.array([float(key in seen) for key in records(evidence.audit)])


def records(panel: Panel) -> list[bytes]:
    """What is the same record in every panel: its place in a shared pool, else what its own target says of it."""
    if panel.ids is not None:
        return [str(identity).encode() for identity in panel.ids]
    return [row.tobytes() for row in panel.target("logits")]
