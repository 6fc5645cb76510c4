"""Asks a fitted classifier of scikit-learn's kind: for probabilities, else for margins, else for labels."""

import warnings
from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from miaudit.answers import AnswerForm
from miaudit.arrays import Ints
from miaudit.errors import UserError
from miaudit.features.base import AnyArray, Inputs, as_table
from miaudit.model_outputs import ModelOutputs, OutputKind, checked

Way = Literal["predict_proba", "decision_function", "predict"]

PAIRWISE = "decision_function_shape"  # "ovo" gives a margin for each pair of classes


def way_of(estimator: Any) -> Way | None:
    """The most informative output method of a classifier, fitted or not; None where it is no classifier.

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


def estimator_outputs(estimator: Any, x: Inputs, classes: int, labels: AnyArray | None = None) -> ModelOutputs:
    """Query a classifier; returns (n, C) with columns for 0..C-1.

    A class that it never saw gets probability 0, or the smallest margin that another class has for the record. A single
    column is the probability, or the margin, of the second of two classes. A label becomes a row with a single 1. If
    there is one table for each class, as from trees that were fitted on one-hot labels, its last column counts.

    Args:
        estimator: the fitted classifier.
        x: n records; arrays are flattened, tables, texts and sparse matrices are given as they are.
        classes: C.
        labels: (C,) what the classifier calls the classes; None for 0..C-1.

    Raises:
        UserError: the estimator is not fitted, its classes are others, or its answers cannot be read.
    """
    if not hasattr(estimator, "classes_"):
        raise UserError(f"the {type(estimator).__name__} is not fitted: call fit(x, y) with the members first")
    columns = _columns(estimator.classes_, classes, labels)
    way = way_of(estimator)
    if len(columns) == 1:  # the libraries do not agree on how many columns there are then
        values = np.full((len(x), classes), -1.0 if way == "decision_function" else 0.0)
        values[:, columns[0]] = 1.0
        return ModelOutputs(values, kind_of(way))
    found = _answers(estimator, way, x)
    rest = found.values.min(axis=1, keepdims=True) if found.kind == "logits" else np.zeros((len(x), 1))
    values = np.repeat(rest.astype(np.float64), classes, axis=1)
    values[:, columns] = found.values
    return ModelOutputs(values, found.kind)


def _columns(known: Any, classes: int, labels: AnyArray | None) -> Ints:
    """(K,) the column of each class that an estimator knows."""
    if isinstance(known, list):  # of one that was fitted on one-hot labels: classes 0 and 1, for each class
        return np.arange(len(known))
    names = np.asarray(known).tolist()
    column = {name: place for place, name in enumerate(range(classes) if labels is None else labels.tolist())}
    if not all(name in column for name in names):
        expected = f"0..{classes - 1}" if labels is None else ", ".join(map(str, column))
        raise UserError(f"the estimator's classes are {names}: expected labels among {expected}")
    return np.array([column[name] for name in names], dtype=np.int64)


def _answers(estimator: Any, way: Way | None, x: Inputs) -> ModelOutputs:
    """Outputs (n, K), the columns in the order of the classes that the estimator knows."""
    if way is None:
        raise UserError(f"the {type(estimator).__name__} has no predict_proba, decision_function or predict")
    name, known = f"{way} of the {type(estimator).__name__}", estimator.classes_
    with warnings.catch_warnings():  # of those that were fitted on a DataFrame: the order of its columns is checked
        warnings.filterwarnings("ignore", "X does not have valid feature names", UserWarning)
        answers = getattr(estimator, way)(as_table(x))
    is_one_hot = isinstance(known, list) and isinstance(answers, list)
    given = np.column_stack([np.asarray(each)[:, -1] for each in answers]) if is_one_hot else np.asarray(answers)
    single = given.ndim == 1 or given.shape[1:] == (1,)
    if way == "predict":
        return AnswerForm("labels", single=True).read(name, _places(given, np.asarray(known)), len(x), len(known))
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


def _check_margins(estimator: Any, given: npt.NDArray[Any], known: Sequence[Any]) -> None:
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
