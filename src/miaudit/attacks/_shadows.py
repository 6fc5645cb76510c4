"""The records of all shadow panels, of which attacks learn."""

from typing import TypeVar

import numpy as np

from miaudit.arrays import Bools, Floats
from miaudit.evidence import Evidence, Panel

Part = TypeVar("Part")


def required(part: Part | None) -> Part:
    """A part of the evidence that the attack has declared to need; `check_needs` comes before the score."""
    if part is None:
        raise ValueError("the evidence lacks what the attack needs: call check_needs first")
    return part


def truth(panel: Panel) -> Bools:
    """(n,) known membership."""
    return required(panel.member)


def members(evidence: Evidence) -> Bools:
    """(m,) membership of the records of all shadow panels, one after the other."""
    return np.concatenate([truth(shadow) for shadow in evidence.shadows])


def targets(evidence: Evidence, signal: str) -> Floats:
    """(m, ...) the signal of each shadow on its own records, one after the other."""
    return np.concatenate([shadow.target(signal) for shadow in evidence.shadows])
