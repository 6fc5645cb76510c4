"""Form `mapped`: arrays in files that are mapped into memory, and never copied there as a whole."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np

from miaudit.arrays import Ints
from miaudit.errors import UserError
from miaudit.features._arrow import places
from miaudit.features.base import AnyArray, Coded, Features, Packed, digest
from miaudit.fingerprint import Blocks

ROWS = 1000  # read at a time


@dataclass(frozen=True, eq=False)
class Mapped(Features):
    """Concatenated arrays, in an order of their own; records are read when they are asked for.

    Its fingerprint is that of the same numbers in memory, so models trained on either are found for both.
    """

    form: ClassVar[str] = "mapped"
    rank: ClassVar[int] = 10

    parts: tuple[AnyArray, ...]  # each (m, ...)
    order: Ints  # (n,) places in the parts behind one another
    dtype: Any  # that the numbers get

    @classmethod
    def accepts(cls, given: Any, records: int) -> bool:
        """Is it an array that is mapped into memory?"""
        del records
        return isinstance(given, np.memmap) and given.dtype.kind in "fiub"

    @classmethod
    def of(cls, name: str, given: Any, dtype: type) -> Self:
        """Take over the map, or an array beside one."""
        del name
        return cls((given,), np.arange(len(given)), np.dtype(dtype))

    @classmethod
    def joined(cls, parts: dict[str, Self]) -> Self:
        """All parts as they are."""
        shapes = {name: part.shape[1:] for name, part in parts.items()}
        if len(set(shapes.values())) > 1:
            raise UserError(f"all records must have one shape, got {shapes}")
        arrays = tuple(array for part in parts.values() for array in part.parts)
        return cls(arrays, np.arange(sum(map(len, arrays))), next(iter(parts.values())).dtype)

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape (n, ...) of all parts together."""
        return (len(self.order), *self.parts[0].shape[1:])

    def __getitem__(self, rows: Any) -> AnyArray:
        if isinstance(rows, int | np.integer):
            return self[np.array([rows])][0]
        wanted = self.order[places(rows, len(self))]
        found = np.empty((len(wanted), *self.shape[1:]), dtype=self.dtype)
        start = 0
        for part in self.parts:
            inside = (wanted >= start) & (wanted < start + len(part))
            found[inside] = part[wanted[inside] - start]
            start += len(part)
        return found

    def reordered(self, order: Ints) -> "Mapped":
        """The same features, with the rows in another order."""
        return Mapped(self.parts, self.order[order], self.dtype)

    @property
    def native(self) -> AnyArray:
        """All records in memory."""
        return self[:]

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> AnyArray:
        del copy
        return self.native.astype(dtype or self.dtype, copy=False)

    @property
    def content(self) -> Blocks:
        """The numbers, block by block."""
        return Blocks(self.dtype, self.shape, self._blocks)

    def packed(self) -> Packed:
        """One array, which is written to a file block by block."""
        return Packed("", {"x": self}, {})

    @classmethod
    def unpacked(cls, packed: Packed) -> Self:
        """Raise NotImplementedError: a packed map is unpacked as a plain array."""
        raise NotImplementedError

    def coded(self) -> Coded:
        """The numbers of each record as columns, unchanged."""
        values = self.native.reshape(len(self), -1).astype(np.float64)
        return Coded(values, tuple(f"feature {column}" for column in range(values.shape[1])))

    def digests(self) -> list[bytes]:
        """Names of the records' numbers; -0 is 0."""
        return [digest((row + 0.0).tobytes()) for block in self._blocks() for row in block]

    def _blocks(self) -> Iterator[AnyArray]:
        return (self[start : start + ROWS] for start in range(0, len(self), ROWS))
