"""Outputs that stay where they are until a model's logits are asked for."""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from miaudit.arrays import Floats
from miaudit.evidence.lazy import LazyLogits
from miaudit.probabilities import logits_from_probabilities

Kind = Literal["logits", "probs"]


@dataclass(frozen=True, eq=False)
class Stored(LazyLogits):
    """M models' outputs on n records as they lie in a file: item m is that model's logits, (n, C).

    Probabilities become centred log-probabilities (float64) when they are read; logits keep their type.
    """

    name: str  # what the user calls them
    tensor: npt.NDArray[Any]  # (M, n, C), as a rule mapped from a file
    kind: Kind

    def __len__(self) -> int:
        return len(self.tensor)

    def read(self, model: int) -> Floats:
        """From the file."""
        outputs: Floats = np.asarray(self.tensor[model])
        return logits_from_probabilities(outputs) if self.kind == "probs" else outputs
