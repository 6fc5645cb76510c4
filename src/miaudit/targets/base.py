"""The contract of a target."""

from typing import Protocol

from miaudit.arrays import Floats


class Target(Protocol):
    """A model that may only be queried."""

    @property
    def description(self) -> str:
        """What it is, for the report."""

    def logits(self, x: Floats) -> Floats:
        """Logits (n, C) of records x (n, ...); centred log-probabilities where the model gives only those."""
