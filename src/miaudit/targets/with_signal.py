"""Target: any model together with a signal, which says how well the model fits each record."""

from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from miaudit.arrays import Floats, Ints
from miaudit.datasets.base import Dataset
from miaudit.model_outputs import ModelOutputs, OutputKind
from miaudit.records.reading import Reading
from miaudit.targets.base import Target
from miaudit.targets.estimator import fitted_columns
from miaudit.training.own_signal import BY_NAME, OwnSignal


@dataclass(frozen=True, eq=False)
class WithSignal(Target):
    """A model that is no classifier: a regressor, a ranker, a language model, anything that a function can ask."""

    model: Any
    signal: OwnSignal
    title: str = ""  # of the model; empty for its class

    @property
    def description(self) -> str:
        """What the model is, and what is known of it."""
        return f"{self._title}, known by a {self.signal.kind} per record ({self.signal.name})"

    @property
    def name(self) -> str:
        """What the model is."""
        return f"the {self._title}"

    @property
    def number_kind(self) -> OutputKind:
        """What the signal gives."""
        return self.signal.kind

    def outputs(self, x: Floats) -> ModelOutputs:
        """Numbers (n, 1) of records without a truth."""
        return self.signal.outputs(self.model, x, None)

    def outputs_on(self, data: Dataset, rows: Ints) -> ModelOutputs:
        """Numbers (n, 1) of the records in these rows, with the truth about them."""
        return self.signal.outputs(self.model, data.x[rows], None if data.truth is None else data.truth[rows])

    @property
    def _title(self) -> str:
        return self.title or type(self.model).__name__


def _always(x: Any) -> bool:
    """True, since a signal gets the table as the user gave it."""
    del x
    return True


class Asked(NamedTuple):
    """A model in the form that a signal gets."""

    model: Any
    title: str  # empty for its class
    reading: Reading  # how it wants its records


def asked_by_signal(model: Any, signal: OwnSignal) -> Asked:
    """The model that a signal gets; in the place of a target, the function by which it predicts.

    A user's own function gets all columns of a table, which may hold more than the model reads.
    """
    if not isinstance(model, Target):
        columns = fitted_columns(model) if signal.name in BY_NAME else ()
        return Asked(model, "", Reading(keeps_table=_always, columns=columns))
    return Asked(model.predictor, model.name.removeprefix("the "), replace(model.reading, known=None))
