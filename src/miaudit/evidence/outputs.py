"""Outputs of many models on the same records, from which signals are computed once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from miaudit.arrays import Floats, Ints
from miaudit.evidence.lazy import LazyOutputs
from miaudit.model_outputs import ITSELF, SMALLEST, ModelOutputs, OutputKind, Unit
from miaudit.signals.base import find_signal
from miaudit.signals.loss import loss_of_log_odds


@dataclass(frozen=True, eq=False)
class Outputs:
    """Outputs of M models on N records; `values[m]` is (N, C) and may be read from disk only when it is used.

    A signal is computed for the models that are asked for. If it is one number per record, it is kept, so that panels
    which are views of one table share it. Vectors take C times the memory and few attacks read them: they are not kept.
    """

    labels: Ints  # (N,)
    values: Sequence[Floats]  # M arrays (N, C)
    kind: OutputKind = "logits"
    floor: float = SMALLEST  # of probabilities and losses, see `ModelOutputs`
    unit: Unit = ITSELF  # of scores
    temperature: float = 1.0  # by which logits are divided
    _signals: dict[tuple[str, int], Floats] = field(default_factory=dict, repr=False)
    _tempered: dict[float, "Outputs"] = field(default_factory=dict, repr=False)

    @property
    def models(self) -> int:
        """Number of models, M."""
        return len(self.values)

    def model(self, m: int) -> ModelOutputs:
        """Outputs of model m on all records."""
        return ModelOutputs(self.values[m], self.kind, self.floor, self.unit, self.temperature)

    def signal(self, name: str, models: Iterable[int] | None = None, records: Ints | None = None) -> Floats:
        """Compute a signal, float64, (M, N) or (M, N, C) for M models and N records.

        Args:
            name: the signal, such as "loss".
            models: positions of the models; None for all.
            records: positions of the records; None for all.
        """
        chosen = range(self.models) if models is None else [int(m) for m in models]
        first = self._of_model(name, chosen[0])
        wanted = np.arange(len(first)) if records is None else records
        if len(wanted) and not 0 <= wanted.min() <= wanted.max() < len(first):
            raise IndexError(f"records must be from 0 to {len(first) - 1}")
        values = np.empty((len(chosen), len(wanted), *first.shape[1:]))
        for row, m in enumerate(chosen):
            of_model = first if row == 0 else self._of_model(name, m)
            of_model.take(wanted, axis=0, out=values[row], mode="clip")  # unchecked: twice as fast as of_model[wanted]
        return values

    def _of_model(self, name: str, m: int) -> Floats:
        kept = self._signals.get((name, m))
        if kept is not None:
            return kept
        log_odds = self._signals.get(("scaled_logit", m))
        if name == "loss" and self.kind == "logits" and log_odds is not None:
            values = loss_of_log_odds(log_odds)  # without the outputs
        else:
            values = find_signal(name)(self.model(m), self.labels)
        if values.ndim == 1:
            values.flags.writeable = False
            self._signals[name, m] = values
        return values

    def in_common(self, floor: float | None, unit: Unit | None) -> "Outputs":
        """Return the same outputs with another floor of probabilities or losses, and another unit of scores."""
        return replace(self, floor=floor or self.floor, unit=unit or self.unit, _signals={}, _tempered={})

    def over(self, labels: Ints, values: Sequence[Floats]) -> "Outputs":
        """Return other outputs of the same kind, with the same floor, unit and temperature."""
        return replace(self, labels=labels, values=values, _signals={}, _tempered={})

    def tempered(self, temperature: float) -> "Outputs":
        """Return the same models with probabilities softmax(logits / temperature); kept, with its signals.

        Losses are divided by the temperature: exp(-loss / temperature) takes the place of the probability.
        """
        if temperature == 1:
            return self
        if temperature not in self._tempered:
            self._tempered[temperature] = self._at(temperature)
        return self._tempered[temperature]

    def _at(self, temperature: float) -> "Outputs":
        if self.kind == "logits":
            return replace(self, temperature=self.temperature * temperature, _signals={}, _tempered={})
        kind: OutputKind = "loss" if self.kind == "loss" else "logits"
        return Outputs(self.labels, Tempered(self, temperature), kind)


@dataclass(frozen=True, eq=False)
class Tempered(LazyOutputs):
    """Losses of several models, or logits that belong to their probabilities, divided by a temperature when read."""

    outputs: Outputs
    temperature: float

    def __len__(self) -> int:
        return self.outputs.models

    def read(self, model: int) -> Floats:
        """Losses (n, 1), or centred log-probabilities (n, C), divided by the temperature."""
        if self.outputs.kind == "loss":
            losses: Floats = self.outputs.values[model] / self.temperature
            return losses
        divided: Floats = find_signal("logits")(self.outputs.model(model), self.outputs.labels) / self.temperature
        return divided
