"""Applies a masking defence to outputs when they are read."""

from dataclasses import dataclass
from typing import Protocol

from miaudit.arrays import Floats
from miaudit.evidence.lazy import LazyOutputs
from miaudit.evidence.outputs import Outputs
from miaudit.signals.logits import logits


class Mask(Protocol):
    """A function that hides something of a model's outputs."""

    def mask(self, logits: Floats) -> Floats:
        """Probabilities (n, C) to show instead of logits (n, C)."""


@dataclass(frozen=True, eq=False)
class Masked(LazyOutputs):
    """Probabilities that several models show, masked when they are read."""

    outputs: Outputs
    by: Mask

    def __len__(self) -> int:
        return self.outputs.models

    def read(self, model: int) -> Floats:
        """Probabilities (n, C) that one model shows."""
        return self.by.mask(logits(self.outputs.model(model), self.outputs.labels))


def masked(outputs: Outputs, by: Mask | None) -> Outputs:
    """The outputs through the mask; unchanged if there is no mask."""
    return outputs if by is None else Outputs(outputs.labels, Masked(outputs, by), "probs")
