"""Models that the user's own function trains, for audits by a signal: they need not be classifiers."""

from dataclasses import dataclass
from typing import Any

from miaudit.errors import UserError
from miaudit.features.base import native
from miaudit.own.function import Lesson
from miaudit.own.recipe import SEEDS, OwnTraining


@dataclass(frozen=True)
class OwnCode:
    """Makes models by a function train(x, y, seed) -> model."""

    training: OwnTraining

    @classmethod
    def of(cls, given: object) -> "OwnCode":
        """The maker for a function, or for a text such as "fit.py:train" that names it.

        Raises:
            UserError: there is no such function, or it takes other arguments.
        """
        training = OwnTraining.of(given)
        if training.needs_validation:
            raise UserError(f"{training.name}: beside `signal`, expected train(x, y, seed), without x_val and y_val")
        return cls(training)

    @property
    def title(self) -> str:
        """Name of the function."""
        return self.training.title

    @property
    def version(self) -> str:
        """Versions of the libraries that the function uses, and the user's own modules."""
        return self.training.library

    @property
    def stays_here(self) -> bool:
        """True where the function cannot be sent to another process."""
        return self.training.stays_here

    def make(self, x: Any, y: Any, seed: int) -> Any:
        """The model that the function returns for records x (n, ...) and the truth y (n, ...)."""
        return self.training.function.train(Lesson(native(x), y, seed % SEEDS)).model
