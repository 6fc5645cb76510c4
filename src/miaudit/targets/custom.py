"""Target: an object of the user's own that gives logits."""

from dataclasses import dataclass
from typing import Protocol

import numpy.typing as npt

from miaudit.arrays import Floats
from miaudit.guard import as_array, foreign
from miaudit.model_outputs import ModelOutputs, checked


class GivesLogits(Protocol):
    """What such an object has."""

    @property
    def description(self) -> str:
        """What it is, for the report."""

    def logits(self, x: Floats) -> npt.ArrayLike:
        """Logits (n, C) of records x (n, ...)."""


@dataclass(frozen=True, eq=False)
class Custom:
    """An object with `logits(x) -> (n, C)` and `description`."""

    given: GivesLogits

    @property
    def description(self) -> str:
        """The object's own."""
        return self.given.description

    def outputs(self, x: Floats) -> ModelOutputs:
        """Its logits (n, C); raises UserError where they are none."""
        name = f"the {type(self.given).__name__}"
        with foreign(f"logits of {name}", len(x)):
            values = as_array(self.given.logits(x))
        return checked(name, values, "logits", len(x))
