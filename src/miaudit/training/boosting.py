"""Handles the differences of XGBoost and LightGBM from scikit-learn's classifiers, also within pipelines."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from miaudit.arrays import Floats, Ints

LEARNT_OBJECTIVE, USUAL_OBJECTIVE = "multi:softprob", "binary:logistic"


@dataclass(frozen=True, eq=False)
class Relabelled:
    """A classifier that was fitted on labels 0..K-1 in place of those that its records had."""

    estimator: Any
    classes_: Ints  # (K,) the labels that they had, in rising order

    def predict(self, x: Floats) -> Ints:
        """Labels (n,), as the records had them."""
        labels: Ints = self.classes_[self.estimator.predict(x)]
        return labels

    def __getattr__(self, name: str) -> Any:
        """The fitted classifier's own, such as `predict_proba`, whose columns are in the order of `classes_`."""
        return getattr(self.estimator, name)


def adapt(estimator: Any) -> None:
    """Make an unfitted classifier ready for any set of classes, and silent, without a change of what it computes."""
    params = estimator.get_params(deep=True)
    # XGBoost writes this into its parameters when it is fitted on many classes, and then cannot learn two.
    objectives = [name for name, value in params.items() if value == LEARNT_OBJECTIVE and _is_called(name, "objective")]
    estimator.set_params(**dict.fromkeys(objectives, USUAL_OBJECTIVE))
    asked = {
        name.rpartition("__")[0] for name in params if _is_called(name, "verbose") or _is_called(name, "verbosity")
    }
    for place in _places(estimator, "lightgbm"):
        if place not in asked:  # else the user has chosen how much is printed
            estimator.set_params(**{f"{place}__verbosity".removeprefix("__"): -1})


def fit(estimator: Any, x: Floats, y: Ints) -> Any:
    """Fit a classifier; XGBoost accepts only labels 0..K-1, so it is given those.

    Args:
        estimator: the unfitted classifier.
        x: records (n, features).
        y: labels (n,).

    Returns:
        The fitted classifier, or one with the same interface that gives back the labels of `y`.
    """
    known, codes = np.unique(y, return_inverse=True)
    if not _places(estimator, "xgboost") or np.array_equal(known, np.arange(len(known))):
        return estimator.fit(x, y)
    return Relabelled(estimator.fit(x, codes), known)


def _is_called(name: str, *last: str) -> bool:
    return name.rpartition("__")[2] in last


def _places(estimator: Any, library: str) -> list[str]:
    """Prefixes of parameter names under which a library's objects stand in the classifier; "" for the whole of it."""
    parts = {"": estimator, **estimator.get_params(deep=True)}
    return [name for name, part in parts.items() if type(part).__module__.split(".")[0] == library]
