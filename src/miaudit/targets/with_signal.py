"""Target: any model together with a signal, which says how well the model fits each record."""

from dataclasses import dataclass
from typing import Any

from miaudit.arrays import Floats, Ints
from miaudit.datasets.base import Dataset
from miaudit.model_outputs import ModelOutputs, OutputKind
from miaudit.targets.base import Target
from miaudit.training.own_signal import OwnSignal


@dataclass(frozen=True, eq=False)
class WithSignal(Target):
    """A model that is no classifier: a regressor, a ranker, a language model, anything that a function can ask."""

    model: Any
    signal: OwnSignal
    title: str = ""  # of the model; empty for its class

    @property
    def description(self) -> str:
        """What the model is, and what is known of it."""
        return f"{self._title}, known by a {self.signal.kind} a record ({self.signal.name})"

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
