"""The contract of a target."""

from typing import Protocol

from miaudit.arrays import Floats
from miaudit.model_outputs import ModelOutputs


class Target(Protocol):
    """A model that may only be queried."""

    @property
    def description(self) -> str:
        """What it is, for the report."""

    def outputs(self, x: Floats) -> ModelOutputs:
        """Outputs (n, C) of records x (n, ...) with their kind, checked; raises UserError where they are none."""
