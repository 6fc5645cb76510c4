"""Signals of models that are no classifiers: one number per record, computed by the user's function or by name."""

import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

import cloudpickle
import numpy as np
import numpy.typing as npt

from miaudit.address import Address
from miaudit.arrays import Floats
from miaudit.errors import UserError
from miaudit.features.base import native
from miaudit.guard import as_array, foreign
from miaudit.messages import shortened
from miaudit.model_outputs import ModelOutputs, OutputKind, checked
from miaudit.models.base import device_of, predict
from miaudit.module_inputs import is_module
from miaudit.source import source_of
from miaudit.source.located import function_at

Function = Callable[[Any, Any, Any], npt.ArrayLike]  # of a model, n records and the truth about them: (n,) numbers
SignalName = Literal["regression", "multi_label"]
CODE_VERSION = "signals/1"  # part of the names of all numbers that are kept
LARGEST_FLOOR = 0.25


@dataclass(frozen=True)
class OwnSignal:
    """How well a model fits each record, as a loss (lower fits better) or a score (higher fits better).

    It is named by the source of its function, so that numbers of another function are not taken for its own.
    """

    name: str
    content: str  # of the function
    library: str  # releases and modules that it uses
    kind: OutputKind
    function: Function = field(compare=False, repr=False)

    @classmethod
    def of(cls, given: Any, kind: OutputKind = "score") -> "OwnSignal":
        """The signal of that name, or the one that a function fn(model, x, y) -> (n,) computes.

        Args:
            given: "regression", "multi_label", a function, or where it is, such as "fit.py:fn".
            kind: whether a function gives a score or a loss.

        Raises:
            UserError: it is neither a name nor a function, or there is no such function.

        >>> OwnSignal.of("regression").kind, OwnSignal.of(lambda model, x, y: model(x) * y).kind
        ('score', 'score')
        """
        if isinstance(given, str):
            if given in BY_NAME:
                return BY_NAME[given]
            address = Address.read(given)
            given = given if address.factory is None else function_at(address)
        if not callable(given):
            known = ", ".join(get_args(SignalName))
            raise UserError(
                f"signal: expected {known} or a function fn(model, x, y) -> (n,), such as fit.py:fn; got "
                f"{shortened(given)}"
            )
        source = source_of(given)
        name = getattr(given, "__name__", type(given).__name__)
        source.warn(f"numbers of the signal {name}")
        library = "; ".join([*source.releases, *source.own, CODE_VERSION])
        return cls(name, source.values[0], library, kind, given)

    @property
    def can_be_sent(self) -> bool:
        """Can the function be sent to another process?"""
        try:
            cloudpickle.dumps(self.function)
        except Exception:  # of objects of any library
            return False
        return True

    def outputs(self, model: Any, x: Any, y: Any) -> ModelOutputs:
        """The numbers (n, 1) of a model on records x (n, ...) with the truth y (n, ...), None where there is none.

        Raises:
            UserError: the function fails, or does not give one finite number per record.
        """
        with foreign(f"signal {self.name}", len(x)):
            numbers = as_array(self.function(model, native(x), y))
        return checked(f"signal {self.name}", numbers, self.kind, len(x))


def predictions_of(model: Any, x: Any) -> npt.NDArray[Any]:
    """The predictions (n, ...) of a model for records x (n, ...), by `predict` or else by calling it."""
    if is_module(model):
        return predict(model, _numbers(x), device_of(model))
    if not hasattr(model, "predict"):
        return as_array(model(x))
    with warnings.catch_warnings():  # of those that were fitted on a DataFrame, or on an array
        warnings.filterwarnings("ignore", "X (does not have valid|has) feature names", UserWarning)
        return as_array(model.predict(_as_table(x)))


def residual(model: Any, x: Any, y: Any) -> Floats:
    """Compute minus the distance of the prediction from the truth, (n,): over k outputs, the Euclidean one."""
    truth = np.asarray(y, dtype=np.float64).reshape(len(x), -1)
    off = predictions_of(model, x).astype(np.float64).reshape(len(x), -1) - truth
    distance: Floats = np.sqrt(np.square(off).sum(axis=1))
    return -distance


def label_losses(model: Any, x: Any, y: Any) -> Floats:
    """Compute the sum over k labels of -log p of their truth, (n,), for y (n, k) of 0 and 1.

    A probability of exactly 0 is read as half of the smallest positive one that the model gives.
    """
    if np.ndim(y) != 2:
        raise UserError(
            f"signal multi_label: expected y (n, k) of 0 and 1 for k labels, got {np.shape(y)}; of a table, name the k "
            "columns as `label` (--label a,b,c)"
        )
    truth = np.asarray(y).astype(bool)
    p = _label_probabilities(model, x)
    if p.shape != truth.shape:
        raise UserError(f"signal multi_label: expected probabilities {truth.shape} as the truth has, got {p.shape}")
    own = np.where(truth, p, 1.0 - p)
    floor = min(float(np.min(own, where=own > 0, initial=1.0)) / 2, LARGEST_FLOOR)
    losses: Floats = -np.log(np.clip(own, floor, 1.0)).sum(axis=1)
    return losses


def _label_probabilities(model: Any, x: Any) -> Floats:
    """Probabilities (n, k) of 1 for each label; answers that are no probabilities are read as log odds."""
    if not hasattr(model, "predict_proba"):
        answers = predictions_of(model, x).astype(np.float64)
        is_probability = answers.min(initial=0.0) >= 0 and answers.max(initial=0.0) <= 1
        return answers if is_probability else 1.0 / (1.0 + np.exp(-answers))
    answers = model.predict_proba(_as_table(x))
    if not isinstance(answers, list):
        return np.asarray(answers, dtype=np.float64)
    return np.stack([_of_one(np.asarray(p), known) for p, known in zip(answers, model.classes_, strict=True)], axis=1)


def _of_one(p: npt.NDArray[Any], known: Any) -> Floats:
    """Probability (n,) of 1, of a label of which the model may have seen a single value."""
    column: Floats = p[:, -1].astype(np.float64)
    return column if len(known) > 1 or known[0] else 1.0 - column


def _as_table(x: Any) -> Any:
    return x.reshape(len(x), -1) if isinstance(x, np.ndarray) else x


def _numbers(x: Any) -> Any:
    """A table of numbers as an array (n, columns), which is what torch modules read; all else as it is."""
    return np.asarray(x, dtype=np.float64) if hasattr(x, "columns") else x


BY_NAME: dict[str, OwnSignal] = {
    "regression": OwnSignal("regression", "minus the residual", CODE_VERSION, "score", residual),
    "multi_label": OwnSignal("multi_label", "sum over labels", CODE_VERSION, "loss", label_losses),
}
