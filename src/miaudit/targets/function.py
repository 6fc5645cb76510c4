"""Target: any function that takes records and returns an answer for each."""

from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self

import numpy as np

from miaudit.errors import UserError
from miaudit.features.base import AnyArray, native
from miaudit.guard import as_array, foreign
from miaudit.messages import shortened
from miaudit.records.labels import Classes
from miaudit.records.reading import own_precision
from miaudit.targets.base import AnsweringTarget


@dataclass(frozen=True, eq=False, kw_only=True)
class Function(AnsweringTarget):
    """A callable `x -> answers`: probabilities, logits, margins or labels."""

    made_of: ClassVar[str] = "a function `x -> probabilities, logits or labels`"
    rank: ClassVar[int] = 95  # objects of other kinds may be callable too

    function: Any
    labels: AnyArray | None = (
        None  # (U,) the user's labels, rising, where they are no places of outputs: text, -1 and 1
    )
    by_label: bool = False  # does it answer with these labels? Found over the sample

    @classmethod
    def accepts(cls, given: object) -> bool:
        """Can the object be called? A class cannot be a target, since calling it makes a model."""
        return callable(given) and not isinstance(given, type)

    @classmethod
    def of(cls, given: Any) -> Self:
        """Make a target of the function."""
        return cls(function=given)

    @property
    def description(self) -> str:
        """The function's name, and what it gives."""
        return f"{self.name.removeprefix('the ')}{self.described}"

    @property
    def name(self) -> str:
        """The function's own name, or the class of an object that can be called."""
        return f"the function {getattr(self.function, '__name__', type(self.function).__name__)}"

    def dtype_for(self, x: Any) -> type:
        """The precision of the user's numbers, for which the function was written."""
        return own_precision(x)

    def with_labels(self, labels: Classes) -> "Function":
        """The function with the user's labels, which it may answer with."""
        values = labels.values
        is_place = labels.are_numbered or (values.dtype.kind == "i" and values[0] >= 0)
        return self if is_place else replace(self, labels=values)

    def found(self, x: Any) -> Self:
        """The target with the form of its answers found, and whether they are the user's labels."""
        by_label = False
        if self.labels is not None:
            with foreign(self.name, len(x)):
                by_label = _are_among(self.labels, self._said(x))
        return super(Function, replace(self, by_label=by_label)).found(x)

    def answers(self, x: Any) -> Any:
        """The function's answers to records x (n, ...) of the kind that the user gave; the user's labels become places.

        Raises:
            UserError: the function answers with labels, and one of them is not among those of the records.
        """
        said = self._said(x)
        if self.labels is None or not self.by_label:
            return said
        given = as_array(said).reshape(len(x))
        if not _are_among(self.labels, given):
            other = np.setdiff1d(given, self.labels)[:1].tolist()
            raise UserError(f"{self.name}: expected one of the records' labels, got {shortened(other[0])}")
        return np.searchsorted(self.labels, given)

    def _said(self, x: Any) -> Any:
        return self.function(native(x))


def _are_among(labels: AnyArray, said: Any) -> bool:
    """Are all answers (n,) or (n, 1) among the labels (U,)? Floats never are."""
    given = as_array(said)
    single = given.ndim == 1 or given.shape[1:] == (1,)
    return single and given.dtype.kind in "biuOU" and bool(np.isin(given, labels).all())
