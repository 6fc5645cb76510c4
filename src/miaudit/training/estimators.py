"""Recipes for scikit-learn classifiers, and whatever speaks their language (XGBoost, LightGBM, CatBoost)."""

import inspect
import json
import sys
import warnings
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from miaudit.arrays import Floats, Ints
from miaudit.errors import UserError
from miaudit.fingerprint import fingerprint
from miaudit.training import boosting

# Empty, as in the names of all outputs kept so far; "; estimators/2" once a change here or in boosting.py alters what
# is fitted: old outputs then miss.
CODE_VERSION = ""


@dataclass(frozen=True)
class EstimatorRecipe:
    """A classifier to clone and fit; it is named by its class, its parameters and its libraries' versions.

    Fitted estimators are never stored, since that would mean pickles: their outputs are.
    """

    kind: str  # module and class
    params: str  # JSON
    library: str  # name and version, and after it those of what stands within it
    estimator: Any = field(compare=False, repr=False)

    @classmethod
    def of(cls, estimator: Any) -> "EstimatorRecipe":
        """The recipe that a (fitted or unfitted) estimator was made by; raises UserError if it cannot be queried."""
        if not (hasattr(estimator, "get_params") and hasattr(estimator, "predict_proba")):
            raise UserError(
                f"a {type(estimator).__name__} cannot be audited: expected a classifier with get_params and "
                "predict_proba (for an SVC, probability=True)"
            )
        kind = type(estimator)
        params = json.dumps(estimator.get_params(deep=True), sort_keys=True, default=_stable_repr)
        return cls(f"{kind.__module__}.{kind.__qualname__}", params, _libraries(estimator), estimator)


def _libraries(estimator: Any) -> str:
    """Names and versions of the packages that the classifier and the estimators within it come from, its own first."""
    own = _library(type(estimator))
    parts = [part for part in estimator.get_params(deep=True).values() if hasattr(part, "get_params")]
    within = {_library(type(part)) for part in parts if not isinstance(part, type)}
    return "; ".join([own, *sorted(within - {own})]) + CODE_VERSION


def _library(kind: type) -> str:
    """Name and version of the package that holds the class, the class's source where there is no version."""
    name = kind.__module__.split(".")[0]
    version = getattr(sys.modules.get(name), "__version__", None)
    if version is not None:
        return f"{name} {version}"
    try:
        return f"{name} {fingerprint(inspect.getsource(kind))}"
    except (OSError, TypeError) as error:
        raise UserError(
            f"the source of {kind.__name__} cannot be read, so its models could not be told from older ones: "
            "define it in a file"
        ) from error


def _stable_repr(value: Any) -> str:
    """A description of parameters that are arrays or estimators themselves, whole and without a memory address."""
    if isinstance(value, np.ndarray):
        return fingerprint(value)
    text = repr(value)
    if " at 0x" in text:
        raise UserError(f"the estimator's parameter {text} has no stable description: give it as a plain value")
    return text


def fit_estimator(recipe: EstimatorRecipe, x: Floats, y: Ints, rows: Ints, seed: int) -> Any:
    """A clone fitted on x[rows] (flattened), y[rows], its `random_state` set from the seed, on one thread."""
    from sklearn.base import clone

    estimator = clone(recipe.estimator)
    params = estimator.get_params(deep=True)
    states = {name: seed % 2**31 for name in params if name.split("__")[-1] == "random_state"}
    threads = {name: 1 for name in params if name.split("__")[-1] == "n_jobs"}
    estimator.set_params(**states, **threads)
    boosting.adapt(estimator)
    with warnings.catch_warnings():  # of the linear classifiers, which may still be given a number of threads
        warnings.filterwarnings("ignore", "'n_jobs' has no effect", FutureWarning)
        return boosting.fit(estimator, x[rows].reshape(len(rows), -1), y[rows])


def estimator_probabilities(estimator: Any, x: Floats, classes: int) -> Floats:
    """predict_proba in columns 0..C-1, (n, C): a class that the estimator never saw gets probability 0.

    Raises:
        UserError: the estimator is not fitted, or its classes are not among 0..C-1.
    """
    if not hasattr(estimator, "classes_"):
        raise UserError(f"the {type(estimator).__name__} is not fitted: call fit(x, y) with the members first")
    known = np.asarray(estimator.classes_)
    if not np.isin(known, np.arange(classes)).all():
        raise UserError(f"the estimator's classes are {known.tolist()}: expected labels among 0..{classes - 1}")
    probabilities = np.zeros((len(x), classes))
    if len(known) == 1:  # the libraries do not agree on how many columns there are then
        probabilities[:, int(known[0])] = 1.0
        return probabilities
    probabilities[:, known.astype(int)] = estimator.predict_proba(x.reshape(len(x), -1))
    return probabilities
