"""Outputs as a defence shows them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, overload

from miaudit.arrays import Floats


class Mask(Protocol):
    """What is shown instead of logits (n, C)."""

    def mask(self, logits: Floats) -> Floats:
        """Logits (n, C) of the probabilities that are shown."""


@dataclass(frozen=True, eq=False)
class Masked(Sequence[Floats]):
    """Logits of several models, masked when they are read."""

    logits: Sequence[Floats]
    by: Mask

    def __len__(self) -> int:
        return len(self.logits)

    @overload
    def __getitem__(self, index: int) -> Floats: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Floats]: ...
    def __getitem__(self, index: int | slice) -> Floats | Sequence[Floats]:
        if isinstance(index, slice):
            return Masked(self.logits[index], self.by)
        return self.by.mask(self.logits[index])


def masked(logits: Sequence[Floats], by: Mask | None) -> Sequence[Floats]:
    """The logits behind a mask, where there is one."""
    return logits if by is None else Masked(logits, by)
