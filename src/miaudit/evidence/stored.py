"""Outputs that stay where they are until a model's logits are asked for."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, overload

import numpy as np
import numpy.typing as npt

from miaudit.arrays import Floats
from miaudit.probabilities import logits_from_probabilities

Kind = Literal["logits", "probs"]


@dataclass(frozen=True, eq=False)
class Stored(Sequence[Floats]):
    """M models' outputs on n records as they lie in a file: item m is that model's logits, (n, C).

    Probabilities become centred log-probabilities (float64) when they are read; logits keep their type.
    """

    name: str  # what the user calls them
    tensor: npt.NDArray[Any]  # (M, n, C), as a rule mapped from a file
    kind: Kind

    def __len__(self) -> int:
        return len(self.tensor)

    @overload
    def __getitem__(self, index: int) -> Floats: ...
    @overload
    def __getitem__(self, index: slice) -> "Stored": ...
    def __getitem__(self, index: int | slice) -> "Floats | Stored":
        if isinstance(index, slice):
            return replace(self, tensor=self.tensor[index])
        outputs: Floats = np.asarray(self.tensor[index])
        return logits_from_probabilities(outputs) if self.kind == "probs" else outputs
