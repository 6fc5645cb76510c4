"""Defence `confidence_masking`."""

from typing import ClassVar, Self

import numpy as np
from pydantic import Field, model_validator
from pydantic.dataclasses import dataclass
from scipy.special import softmax

from miaudit.arrays import Floats
from miaudit.defences.base import STRICT


@dataclass(frozen=True, kw_only=True, config=STRICT)
class ConfidenceMasking:
    """Shows less of the probabilities: softened, the largest only, rounded, or the label alone (Shokri et al. 2017).

    Nothing is trained anew. What is chosen is done in this order: temperature, top_k, digits; or labels_only. An
    attacker who does not know of it compares masked outputs of the target with full ones of their own models. None of
    this stops attacks that change the record and watch the label, such as `label_only`.
    """

    paper: ClassVar[str] = "Shokri et al., IEEE S&P 2017, arXiv:1610.05820, Section VIII"

    temperature: float = Field(default=1.0, gt=0, description="the logits are divided by it")
    top_k: int | None = Field(default=None, ge=1, description="largest probabilities shown; the others share the rest")
    digits: int | None = Field(default=None, ge=1, description="digits after the point that probabilities keep")
    labels_only: bool = Field(default=False, description="the class alone, as if it were certain")

    @model_validator(mode="after")
    def _masks_something(self) -> Self:
        finer = self.temperature != 1 or self.top_k is not None or self.digits is not None
        if finer == self.labels_only:
            raise ValueError("choose labels_only, or some of temperature, top_k and digits")
        return self

    def mask(self, logits: Floats) -> Floats:
        """(n, C) float64 probabilities that are shown."""
        if self.labels_only:
            return one_hot(logits)
        shown = softmax(logits.astype(np.float64) / self.temperature, axis=1)
        if self.top_k is not None:
            shown = top(shown, self.top_k, logits)
        if self.digits is not None:
            shown = rounded(shown, self.digits, logits)
        return shown


def one_hot(values: Floats) -> Floats:
    """1 at each row's largest value, else 0.

    >>> one_hot(np.array([[0.2, 0.5, 0.3]]))
    array([[0., 1., 0.]])
    """
    hot: Floats = np.eye(values.shape[1])[values.argmax(axis=1)]
    return hot


def top(probabilities: Floats, k: int, logits: Floats) -> Floats:
    """Keep the k largest of each row; the rest of 1 is spread evenly, the best guess that an attacker can make.

    The logits say which are the largest: probabilities may tie where logits do not.

    >>> p = np.array([[0.6, 0.1, 0.3]])
    >>> top(p, 1, np.log(p))
    array([[0.6, 0.2, 0.2]])
    """
    classes = probabilities.shape[1]
    if k >= classes:
        return probabilities
    order = np.argsort(-logits, axis=1, kind="stable")
    shown = probabilities.copy()
    hidden = order[:, k:]
    rest = np.take_along_axis(probabilities, hidden, axis=1).mean(axis=1, keepdims=True)
    np.put_along_axis(shown, hidden, np.broadcast_to(rest, hidden.shape), axis=1)
    return shown


def rounded(probabilities: Floats, digits: int, logits: Floats) -> Floats:
    """Probabilities rounded to `digits`; a row that would become all 0 gets 1 at its largest logit.

    >>> p = np.array([[0.66, 0.34], [0.96, 0.04]])
    >>> rounded(p, 1, np.log(p))
    array([[0.7, 0.3],
           [1. , 0. ]])
    """
    shown = probabilities.round(digits)
    empty = shown.sum(axis=1) == 0
    shown[empty] = one_hot(logits[empty])
    return shown
