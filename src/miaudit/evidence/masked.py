"""Outputs as a defence shows them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from miaudit.arrays import Floats
from miaudit.evidence.lazy import LazyLogits


class Mask(Protocol):
    """What is shown instead of logits (n, C)."""

    def mask(self, logits: Floats) -> Floats:
        """Logits (n, C) of the probabilities that are shown."""


@dataclass(frozen=True, eq=False)
class Masked(LazyLogits):
    """Logits of several models, masked when they are read."""

    logits: Sequence[Floats]
    by: Mask

    def __len__(self) -> int:
        return len(self.logits)

    def read(self, model: int) -> Floats:
        """Behind the mask."""
        return self.by.mask(self.logits[model])


def masked(logits: Sequence[Floats], by: Mask | None) -> Sequence[Floats]:
    """The logits behind a mask, where there is one."""
    return logits if by is None else Masked(logits, by)
