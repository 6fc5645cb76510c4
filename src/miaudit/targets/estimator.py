"""Target: a fitted scikit-learn classifier, or one that speaks its language."""

from dataclasses import dataclass
from typing import Any

from miaudit.arrays import Floats
from miaudit.guard import foreign
from miaudit.model_outputs import ModelOutputs
from miaudit.training.estimators import estimator_outputs


@dataclass(frozen=True, eq=False)
class Estimator:
    """A fitted classifier with `predict_proba`, over labels 0..C-1."""

    estimator: Any
    classes: int

    @property
    def description(self) -> str:
        """The class's name."""
        return f"{type(self.estimator).__name__} (scikit-learn interface)"

    def outputs(self, x: Floats) -> ModelOutputs:
        """Probabilities (n, C), float64.

        Raises:
            UserError: the estimator cannot read the records, or gives no probabilities.
        """
        name = type(self.estimator).__name__
        with foreign(f"predict_proba of the {name}, given records of shape {x.shape[1:]},", len(x)):
            return estimator_outputs(self.estimator, x, self.classes)
