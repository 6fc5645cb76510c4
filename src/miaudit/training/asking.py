"""How a fitted classifier of scikit-learn's kind is asked: for probabilities, else for margins, else for labels."""

import warnings
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from miaudit.answers import AnswerForm
from miaudit.arrays import Floats
from miaudit.errors import UserError
from miaudit.model_outputs import ModelOutputs, OutputKind, checked

Way = Literal["predict_proba", "decision_function", "predict"]

PAIRWISE = "decision_function_shape"  # "ovo" gives a margin for each pair of classes


def way_of(estimator: Any) -> Way | None:
    """The method that tells most of those that a classifier has, fitted or not; None where it is no classifier.

    >>> from sklearn.svm import LinearSVC
    >>> way_of(LinearSVC())
    'decision_function'
    """
    if hasattr(estimator, "predict_proba"):
        return "predict_proba"
    if not _is_classifier(estimator):
        return None
    if hasattr(estimator, "decision_function"):
        return "decision_function"
    return "predict" if hasattr(estimator, "predict") else None


def kind_of(way: Way | None) -> OutputKind:
    """The kind of the outputs that are made of the answers."""
    return "logits" if way == "decision_function" else "probs"


def estimator_outputs(estimator: Any, x: Floats, classes: int) -> ModelOutputs:
    """What a classifier says, in columns 0..C-1, (n, C).

    A class that it never saw gets probability 0, or the smallest margin that another class has for the record. A single
    column is the probability, or the margin, of the second of two classes. A label becomes a row with a single 1.

    Args:
        estimator: the fitted classifier.
        x: records (n, ...), which are flattened.
        classes: C.

    Raises:
        UserError: the estimator is not fitted, its classes are not among 0..C-1, or its answers cannot be read.
    """
    if not hasattr(estimator, "classes_"):
        raise UserError(f"the {type(estimator).__name__} is not fitted: call fit(x, y) with the members first")
    known = np.asarray(estimator.classes_)
    if not np.isin(known, np.arange(classes)).all():
        raise UserError(f"the estimator's classes are {known.tolist()}: expected labels among 0..{classes - 1}")
    way = way_of(estimator)
    if len(known) == 1:  # the libraries do not agree on how many columns there are then
        values = np.full((len(x), classes), -1.0 if way == "decision_function" else 0.0)
        values[:, int(known[0])] = 1.0
        return ModelOutputs(values, kind_of(way))
    said = _answers(estimator, way, x.reshape(len(x), -1), known)
    rest = said.values.min(axis=1, keepdims=True) if said.kind == "logits" else np.zeros((len(x), 1))
    values = np.repeat(rest.astype(np.float64), classes, axis=1)
    values[:, known.astype(int)] = said.values
    return ModelOutputs(values, said.kind)


def _answers(estimator: Any, way: Way | None, x: Floats, known: npt.NDArray[Any]) -> ModelOutputs:
    """Outputs (n, K), the columns in the order of the classes that the estimator knows."""
    if way is None:
        raise UserError(f"the {type(estimator).__name__} has no predict_proba, decision_function or predict")
    name = f"{way} of the {type(estimator).__name__}"
    with warnings.catch_warnings():  # of those that were fitted on a DataFrame: the order of its columns is checked
        warnings.filterwarnings("ignore", "X does not have valid feature names", UserWarning)
        given = np.asarray(getattr(estimator, way)(x))
    single = given.ndim == 1 or given.shape[1:] == (1,)
    if way == "predict":
        return AnswerForm("labels", single=True).read(name, _places(given, known), len(x), len(known))
    if way == "decision_function":
        _check_margins(estimator, given, known)
        return AnswerForm("margins", single).read(name, given, len(x), len(known))
    if given.shape == (len(x), 1) and len(known) == 2 and given.dtype.kind in "iuf":
        given = np.hstack([1.0 - given.astype(np.float64), given])
    return checked(name, given, "probs", len(x), len(known))


def _places(labels: npt.NDArray[Any], known: npt.NDArray[Any]) -> npt.NDArray[np.int64]:
    """(n,) places of the labels among the known ones, which rise; -1 for any other."""
    places = np.searchsorted(known, labels.reshape(-1)).clip(0, len(known) - 1)
    return np.where(known[places] == labels.reshape(-1), places, -1)


def _check_margins(estimator: Any, given: npt.NDArray[Any], known: npt.NDArray[Any]) -> None:
    params = estimator.get_params(deep=True) if hasattr(estimator, "get_params") else {}
    pairwise = [name for name, value in params.items() if name.endswith(PAIRWISE) and value == "ovo"]
    if pairwise and len(known) > 2:
        raise UserError(
            f"the {type(estimator).__name__} gives {given.shape[-1]} margins for pairs of its {len(known)} classes: "
            f"call set_params({pairwise[0]}='ovr') to have one for each class"
        )


def _is_classifier(estimator: Any) -> bool:
    """Is it a classifier, by the classes that it learnt or by scikit-learn's word for its kind?"""
    if hasattr(estimator, "classes_") or getattr(estimator, "_estimator_type", None) == "classifier":
        return True  # scikit-learn had the latter until version 1.6
    has_tags = hasattr(estimator, "__sklearn_tags__") and not isinstance(estimator, type)
    return has_tags and estimator.__sklearn_tags__().estimator_type == "classifier"
