"""Target: a fitted scikit-learn classifier, or one that speaks its language."""

from dataclasses import dataclass
from typing import Any

from miaudit.arrays import Floats
from miaudit.errors import UserError
from miaudit.probabilities import logits_from_probabilities
from miaudit.training.estimators import estimator_probabilities


@dataclass(frozen=True, eq=False)
class Estimator:
    """A fitted classifier with `predict_proba`, over labels 0..C-1."""

    estimator: Any
    classes: int

    @property
    def description(self) -> str:
        """The class's name."""
        return f"{type(self.estimator).__name__} (scikit-learn interface)"

    def logits(self, x: Floats) -> Floats:
        """Centred log-probabilities (n, C), float64; raises UserError where the estimator cannot read the records."""
        try:
            probabilities = estimator_probabilities(self.estimator, x, self.classes)
        except ValueError as error:
            raise UserError(f"the {type(self.estimator).__name__} cannot read records {x.shape}: {error}") from error
        return logits_from_probabilities(probabilities)
