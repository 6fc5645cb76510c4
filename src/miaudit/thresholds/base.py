"""The contract of a threshold rule."""

from typing import NamedTuple, Protocol, runtime_checkable

from miaudit.arrays import Bools, Floats


class ChosenCut(NamedTuple):
    """A cut; records with a score strictly above it are called members."""

    value: float
    constraint_met: bool = True
    rests_on: str = ""  # the few records that decide where it lies, in words; empty where they are many


@runtime_checkable
class Threshold(Protocol):
    """A frozen pydantic dataclass whose fields are the rule's parameters; str() gives the rule in words."""

    def cut(self, scores: Floats, member: Bools) -> ChosenCut:
        """Choose a cut on the scores (m,) of records with known membership (m,)."""
