"""Outputs of many models on the same records, from which signals are computed once."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from miaudit.arrays import Floats, Ints
from miaudit.probabilities import logits_from_probabilities as logits_from_probabilities
from miaudit.signals.base import find_signal


@dataclass(frozen=True, eq=False)
class Outputs:
    """Logits of M models on N records; `logits[m]` is (N, C) and may be read from disk when asked for.

    A signal is computed model by model and kept, so that panels which are views of one table share it.
    """

    labels: Ints  # (N,)
    logits: Sequence[Floats]  # M arrays (N, C)
    _signals: dict[str, Floats] = field(default_factory=dict, repr=False)

    @property
    def models(self) -> int:
        """M."""
        return len(self.logits)

    def signal(self, name: str) -> Floats:
        """The signal of every model on every record, (M, N) or (M, N, C), float64, not to be written to."""
        if name not in self._signals:
            signal = find_signal(name)
            values = np.stack([signal(self.logits[m], self.labels) for m in range(self.models)])
            values.flags.writeable = False
            self._signals[name] = values
        return self._signals[name]
