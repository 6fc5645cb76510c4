"""Target: a fitted scikit-learn classifier, or one that has the same interface."""

import warnings
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self

import numpy as np

from miaudit.arrays import Ints
from miaudit.datasets.base import Dataset
from miaudit.errors import UserError
from miaudit.features.base import AnyArray, Inputs
from miaudit.model_outputs import ModelOutputs
from miaudit.records.given import Given
from miaudit.records.labels import Classes
from miaudit.records.reading import Reading
from miaudit.targets._columns import CATBOOST, LIGHTGBM, own_names
from miaudit.targets.base import Guess, Target, query
from miaudit.training.asking import estimator_outputs, way_of
from miaudit.training.estimators import EstimatorRecipe

GIVES = {"predict_proba": "", "decision_function": ", which gives margins", "predict": ", which gives labels", None: ""}


@dataclass(frozen=True, eq=False)
class Estimator(Target):
    """A fitted classifier with `predict_proba`, `decision_function` or `predict`, over labels of any kind."""

    made_of: ClassVar[str] = "a fitted scikit-learn classifier"
    gives: ClassVar[str] = "probabilities; margins or labels from classifiers that give nothing else"
    refitted: ClassVar[str] = "its own parameters"

    estimator: Any
    classes: int  # C
    labels: AnyArray | None = None  # (C,) what the classifier calls the classes; None for 0..C-1

    @classmethod
    def accepts(cls, given: object) -> bool:
        """Does the object have `predict_proba`, or is it a classifier that gives margins or labels?"""
        return way_of(given) is not None

    @classmethod
    def of(cls, given: Any) -> Self:
        """Make a target of the classifier, with as many classes as its labels go up to."""
        known = getattr(given, "classes_", ())
        numbered = isinstance(known, list) or np.array_equal(known, np.arange(len(known)))
        return cls(given, len(known), None if numbered else np.unique(known))

    @property
    def description(self) -> str:
        """The classifier's class, and what it gives if that is not probabilities."""
        return f"{type(self.estimator).__name__} (scikit-learn interface){GIVES[way_of(self.estimator)]}"

    @property
    def name(self) -> str:
        """The method that is called."""
        return f"{way_of(self.estimator)} of the {type(self.estimator).__name__}"

    @property
    def labels_only(self) -> bool:
        """Does the classifier give nothing but labels?"""
        return way_of(self.estimator) == "predict"

    @property
    def reading(self) -> Reading:
        """Numbers in double precision; tables as they are, where columns are asked for by name."""
        known = getattr(self.estimator, "classes_", None)
        return Reading(
            self.dtype_for,
            None if isinstance(known, list) else known,
            keeps_table=self._asks_for_columns,
            columns=fitted_columns(self.estimator),
        )

    def with_labels(self, labels: Classes) -> "Estimator":
        """The classifier with outputs for these classes, those that it does not know among them."""
        return replace(self, labels=None if labels.are_numbered else labels.values)

    def outputs(self, x: Inputs) -> ModelOutputs:
        """Probabilities, margins or labels as (n, C) in float64; see `estimator_outputs`."""
        return estimator_outputs(self.estimator, x, self.classes, self.labels)

    def count_classes(self, data: Dataset) -> int:
        """Number of classes of the records and of the classifier, which is queried once."""
        classes = max(data.classes, self.classes)
        query(self.with_classes(classes), data.x[:1])
        return classes

    def with_classes(self, classes: int) -> "Estimator":
        """The classifier with outputs (n, classes)."""
        return replace(self, classes=classes)

    def check(self, given: Given) -> None:
        """Raise UserError where members have labels that the classifier was not fitted on."""
        y = np.unique(given.data.y[given.members])
        members = y if self.labels is None else self.labels[y]
        known = getattr(self.estimator, "classes_", members)
        unknown = [] if isinstance(known, list) else sorted(set(members.tolist()) - set(np.asarray(known).tolist()))
        if unknown:
            raise UserError(
                f"the classifier was not fitted on the labels {unknown[:5]} of members: are labels or records mixed up?"
            )

    def guess(self, x: Inputs, y: Ints) -> Guess | None:
        """The classifier's own parameters; None if it cannot be cloned, as may happen with a user's own class."""
        del x, y
        if not hasattr(self.estimator, "get_params"):
            return None
        recipe = EstimatorRecipe.of(self.estimator)
        return Guess(recipe, f"with the classifier's own parameters{_contradiction(self.estimator)}")

    def _asks_for_columns(self, table: Any) -> bool:
        """Does it fail on the numbers of a table alone?"""
        try:
            with warnings.catch_warnings():  # of those that were fitted on a DataFrame
                warnings.filterwarnings("ignore", "X does not have valid feature names", UserWarning)
                self.estimator.predict(np.asarray(table[:1], dtype=self.dtype))
        except Exception:  # whatever a pipeline raises that looks for a column
            return True
        return False


def fitted_columns(model: Any) -> tuple[str, ...]:
    """Names of the columns that an estimator was fitted on; none where it has kept none, or is no estimator."""
    own = getattr(model, "feature_names_in_", ())  # of LightGBM's classifiers as well
    of_target = getattr(getattr(model, "estimator", None), "feature_names_in_", ())  # forests have such a part, too
    of_catboost = own_names(getattr(model, "feature_names_", None) or (), CATBOOST)
    return own_names(own, LIGHTGBM) or of_catboost or tuple(map(str, of_target))


def _contradiction(estimator: Any) -> str:
    """How the trees of a fitted XGBoost classifier contradict its parameters; empty if they do not.

    A booster that was loaded from a file has the default parameters instead of those that it was fitted with.
    """
    if not hasattr(estimator, "get_booster") or not hasattr(estimator, "get_params"):
        return ""
    params = estimator.get_params()
    told = params.get("n_estimators") or 100  # XGBoost's own default
    fitted = int(estimator.get_booster().num_boosted_rounds())
    stops_early = params.get("early_stopping_rounds") is not None
    if fitted == told or (stops_early and fitted < told):
        return ""
    return (
        f", which do not fit its trees: it has {fitted} boosting rounds, but n_estimators is {told}; after loading a "
        "model from a file, set its parameters with set_params() before the audit"
    )
