"""Outputs as a defence shows them."""

from dataclasses import dataclass
from typing import Protocol

from miaudit.arrays import Floats
from miaudit.evidence.lazy import LazyOutputs
from miaudit.evidence.outputs import Outputs
from miaudit.signals.logits import logits


class Mask(Protocol):
    """What is shown instead of logits (n, C)."""

    def mask(self, logits: Floats) -> Floats:
        """Probabilities (n, C) that are shown."""


@dataclass(frozen=True, eq=False)
class Masked(LazyOutputs):
    """Probabilities that several models show, masked when they are read."""

    outputs: Outputs
    by: Mask

    def __len__(self) -> int:
        return self.outputs.models

    def read(self, model: int) -> Floats:
        """Behind the mask."""
        return self.by.mask(logits(self.outputs.model(model), self.outputs.labels))


def masked(outputs: Outputs, by: Mask | None) -> Outputs:
    """The outputs behind a mask, where there is one."""
    return outputs if by is None else Outputs(outputs.labels, Masked(outputs, by), "probs")
