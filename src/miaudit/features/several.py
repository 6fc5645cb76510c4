"""Form `several`: several arrays per record, such as token ids and a mask, or an image and a row of numbers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np

from miaudit.errors import UserError
from miaudit.features._arrow import places
from miaudit.features.base import AnyArray, Coded, Features, Packed, digest
from miaudit.guard import as_array


@dataclass(frozen=True, eq=False)
class Several(Features):
    """Arrays (n, ...) by name, or in their order; whole numbers stay whole."""

    form: ClassVar[str] = "several"
    rank: ClassVar[int] = 40

    inputs: dict[str, AnyArray]
    by_name: bool  # a dict; else a tuple, whose places are the names

    @classmethod
    def accepts(cls, given: Any, records: int) -> bool:
        """Is it a dict, or a tuple of arrays with an entry for every record each?

        A tuple of as many arrays as there are records is taken for these records.
        """
        if isinstance(given, Mapping):
            return bool(given)
        is_several = isinstance(given, tuple) and len(given) > 1 and len(given) != records
        return is_several and all(hasattr(each, "shape") and len(each) == records for each in given)

    @classmethod
    def of(cls, name: str, given: Any, dtype: type) -> Self:
        """Take over the arrays; raises UserError where one holds no numbers."""
        by_name = isinstance(given, Mapping)
        named = {str(key): value for key, value in (given.items() if by_name else enumerate(given))}
        return cls({key: _numbers(f"{name}, input {key}", value, dtype) for key, value in named.items()}, by_name)

    @classmethod
    def joined(cls, parts: dict[str, Self]) -> Self:
        """The records of all parts, one part after another."""
        shapes = {name: {key: x.shape[1:] for key, x in part.inputs.items()} for name, part in parts.items()}
        first = next(iter(parts.values()))
        if any(shape != next(iter(shapes.values())) for shape in shapes.values()):
            raise UserError(f"all records must have the same inputs of the same shapes, got {shapes}")
        inputs = {key: np.concatenate([part.inputs[key] for part in parts.values()]) for key in first.inputs}
        return cls(inputs, first.by_name)

    @property
    def shape(self) -> tuple[int, ...]:
        """(n,): the inputs have shapes of their own."""
        return (min(map(len, self.inputs.values())),)

    def __getitem__(self, rows: Any) -> Self:
        chosen = places(rows, len(self))
        return type(self)({name: x[chosen] for name, x in self.inputs.items()}, self.by_name)

    @property
    def native(self) -> Any:
        """A dict or a tuple of arrays."""
        return dict(self.inputs) if self.by_name else tuple(self.inputs.values())

    def packed(self) -> Packed:
        """The inputs as arrays, with what is needed to put them together again."""
        return Packed(self.form, dict(self.inputs), {"by_name": self.by_name, "order": list(self.inputs)})

    @classmethod
    def unpacked(cls, packed: Packed) -> Self:
        """The arrays in their order."""
        return cls({name: packed.arrays[name] for name in packed.facts["order"]}, packed.facts["by_name"])

    def coded(self) -> Coded:
        """All numbers of a record behind one another."""
        flat = {name: x.reshape(len(x), -1).astype(np.float64) for name, x in self.inputs.items()}
        names = [f"{name} {place}" for name, x in flat.items() for place in range(x.shape[1])]
        return Coded(np.column_stack(list(flat.values())), tuple(names))

    def digests(self) -> list[bytes]:
        """Names of the records' numbers."""
        return [digest(*((x[row] + 0).tobytes() for x in self.inputs.values())) for row in range(len(self))]


def _numbers(name: str, given: Any, dtype: type) -> AnyArray:
    try:
        x = as_array(given)
    except (TypeError, ValueError) as error:
        raise UserError(f"{name}: expected an array of numbers (n, ...), got {error}") from None
    if x.dtype.kind not in "fiub" or x.ndim < 1:
        raise UserError(
            f"{name}: expected an array of numbers (n, ...), got {x.dtype} of shape {x.shape}; text and numbers side "
            "by side are a table: give a DataFrame"
        )
    return x.astype(dtype, copy=False) if x.dtype.kind == "f" else x
