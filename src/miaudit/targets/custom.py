"""Target: an object of the user's own that gives logits."""

from dataclasses import dataclass
from typing import Any, ClassVar, Protocol, Self

import numpy.typing as npt

from miaudit.features.base import Inputs, native
from miaudit.guard import as_array
from miaudit.model_outputs import ModelOutputs
from miaudit.records.reading import own_precision
from miaudit.targets.base import Target


class GivesLogits(Protocol):
    """The object that a user wrote, which gives logits and describes itself."""

    @property
    def description(self) -> str:
        """What the model is, for the report."""

    def logits(self, x: Any) -> npt.ArrayLike:
        """Logits (n, C) of records x (n, ...)."""


@dataclass(frozen=True, eq=False)
class Custom(Target):
    """An object with `logits(x) -> (n, C)` and `description`."""

    made_of: ClassVar[str] = "an object with `logits(x)` and `description`"
    gives: ClassVar[str] = "logits"
    rank: ClassVar[int] = 90  # any class may have such methods

    given: GivesLogits

    @classmethod
    def accepts(cls, given: object) -> bool:
        """Does the object have `logits` and `description`?"""
        return hasattr(given, "logits") and hasattr(given, "description")

    @classmethod
    def of(cls, given: GivesLogits) -> Self:
        """Make a target of the object."""
        return cls(given)

    @property
    def description(self) -> str:
        """The object's own description."""
        return self.given.description

    @property
    def name(self) -> str:
        """The object's class in words, as messages name the target."""
        return f"the {type(self.given).__name__}"

    def dtype_for(self, x: Any) -> type:
        """The precision of the user's numbers, for which the object was written."""
        return own_precision(x)

    def outputs(self, x: Inputs) -> ModelOutputs:
        """Logits (n, C) of records x (n, ...), as the object gives them."""
        return ModelOutputs(as_array(self.given.logits(native(x))), "logits")
