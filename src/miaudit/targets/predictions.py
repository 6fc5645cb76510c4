"""Target: predictions alone, without the model that made them."""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from miaudit.arrays import Floats
from miaudit.datasets.base import Dataset
from miaudit.errors import UserError
from miaudit.guard import as_array
from miaudit.model_outputs import ModelOutputs, checked
from miaudit.records.given import Given
from miaudit.targets.base import Target, at_least


@dataclass(frozen=True, eq=False)
class Predictions(Target):
    """Probabilities (n, C) of the members and of the non-members, in the order in which the records are given."""

    made_of: ClassVar[str] = "Predictions"
    gives: ClassVar[str] = "probabilities"
    rank: ClassVar[int] = 10
    reads_records: ClassVar[bool] = False

    members: Floats
    nonmembers: Floats

    @property
    def description(self) -> str:
        """How many predictions there are."""
        return f"predictions only ({len(self.members):,} + {len(self.nonmembers):,} records)"

    def outputs(self, x: Floats) -> ModelOutputs:
        """Probabilities (n, C) of members, then non-members; x is only counted.

        Raises:
            UserError: other records are asked for, or a row is no probability distribution.
        """
        parts = self._parts()
        given = sum(map(len, parts))
        if len(x) != given:
            raise UserError(f"there are predictions for {given:,} records, {len(x):,} were asked for")
        members, nonmembers = (
            checked(f"predictions of the {name}", part, "probs", len(part)).values
            for name, part in zip(("members", "non-members"), parts, strict=True)
        )
        return ModelOutputs(np.concatenate([members, nonmembers]), "probs")

    @property
    def classes(self) -> int:
        """C; raises UserError where the predictions are no such arrays."""
        return int(self._parts()[0].shape[1])

    def count_classes(self, data: Dataset) -> int:
        """C; raises UserError where a label is beyond it."""
        return at_least(self.classes, data)

    def check(self, given: Given) -> None:
        """Raise UserError if there are not as many predictions as records."""
        counts = (len(self.members), len(self.nonmembers))
        if counts != (len(given.members), len(given.nonmembers)) or len(given.population):
            raise UserError(
                f"there are predictions for {counts[0]:,} members and {counts[1]:,} non-members: expected as many as "
                f"the {len(given.members):,} + {len(given.nonmembers):,} records, and no population"
            )

    def _parts(self) -> list[npt.NDArray[Any]]:
        """Predictions of the members, then of the non-members, each (n, C)."""
        try:
            parts = [as_array(self.members), as_array(self.nonmembers)]
        except (TypeError, ValueError) as error:
            raise UserError(f"expected probabilities (n, C), got values that make no array: {error}") from None
        shapes = [part.shape for part in parts]
        if any(len(shape) != 2 or shape[1] < 2 for shape in shapes) or shapes[0][1] != shapes[1][1]:
            single = any(len(shape) == 1 or shape[1:] == (1,) for shape in shapes)
            advice = "; write one probability p of class 1 as the two columns 1 - p and p" if single else ""
            raise UserError(
                f"expected probabilities (n, C) with the same C >= 2 in both, got {shapes[0]} and {shapes[1]}{advice}"
            )
        return parts
