"""The base of outputs of several models that are computed or loaded only when they are read."""

from abc import abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import overload

from miaudit.arrays import Floats


class LazyOutputs(Sequence[Floats]):
    """A sequence of M arrays (n, C), the outputs of M models; taking a slice reads none of them."""

    @abstractmethod
    def read(self, model: int) -> Floats:
        """Return the outputs (n, C) of the model at that position, 0 to M - 1."""

    @overload
    def __getitem__(self, index: int) -> Floats: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Floats]: ...
    def __getitem__(self, index: int | slice) -> Floats | Sequence[Floats]:
        chosen = range(len(self))[index]
        return _Slice(self, chosen) if isinstance(chosen, range) else self.read(chosen)

    def __iter__(self) -> Iterator[Floats]:  # Sequence's own would take an IndexError within `read` for the end
        return (self.read(model) for model in range(len(self)))


@dataclass(frozen=True, eq=False)
class _Slice(LazyOutputs):
    """The outputs at some positions of another sequence."""

    outputs: LazyOutputs
    positions: range

    def __len__(self) -> int:
        return len(self.positions)

    def read(self, model: int) -> Floats:
        return self.outputs.read(self.positions[model])
