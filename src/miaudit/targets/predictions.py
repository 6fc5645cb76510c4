"""Target: nothing but predictions that somebody else made."""

from dataclasses import dataclass

import numpy as np

from miaudit.arrays import Floats
from miaudit.errors import UserError
from miaudit.probabilities import logits_from_probabilities

SUM_TOLERANCE = 1e-3  # rows of probabilities further from 1 are refused, nearer ones normalised


@dataclass(frozen=True, eq=False)
class Predictions:
    """Probabilities (n, C) of the members and of the non-members, in the order in which the records are given."""

    members: Floats
    nonmembers: Floats

    @property
    def description(self) -> str:
        """How many there are."""
        return f"predictions only ({len(self.members):,} + {len(self.nonmembers):,} records)"

    def logits(self, x: Floats) -> Floats:
        """Centred log-probabilities of members, then non-members; x is only counted.

        Raises:
            UserError: other records are asked for, or a row is no probability distribution.
        """
        parts = [np.asarray(self.members), np.asarray(self.nonmembers)]
        shapes = [part.shape for part in parts]
        if any(len(shape) != 2 or shape[1] < 2 for shape in shapes) or shapes[0][1] != shapes[1][1]:
            raise UserError(
                f"expected probabilities (n, C) with the same C >= 2 in both, got {shapes[0]} and {shapes[1]}"
            )
        probabilities = np.concatenate(parts)
        if len(x) != len(probabilities):
            raise UserError(f"there are predictions for {len(probabilities):,} records, {len(x):,} were asked for")
        worst = float(np.abs(probabilities.sum(axis=1) - 1).max(initial=0.0))
        if not worst <= SUM_TOLERANCE or probabilities.min(initial=0.0) < 0:
            raise UserError(
                f"expected probabilities that sum to 1 within {SUM_TOLERANCE:g}, a row is off by {worst:.3g} "
                "or has a negative entry: give the softmax outputs, not logits"
            )
        return logits_from_probabilities(probabilities)
