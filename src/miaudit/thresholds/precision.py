"""Threshold `precision`: as many members as possible at a wanted precision."""

from typing import Annotated

import numpy as np
from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass

from miaudit.arrays import Bools, Floats
from miaudit.thresholds._candidates import candidates
from miaudit.thresholds.base import ChosenCut
from miaudit.thresholds.best_accuracy import BestAccuracy


@dataclass(frozen=True, config=ConfigDict(extra="forbid"))
class Precision:
    """Most true positives among the cuts with precision of at least `alpha` (HP-MIA Algorithm 2, second function).

    Where no cut meets alpha, the cut of `best_accuracy`, with `constraint_met` False. O(m log m).
    """

    alpha: Annotated[float, Field(gt=0, le=1, description="least precision on the known records")] = 0.98

    def __str__(self) -> str:
        return f"precision of at least {self.alpha * 100:g} %"

    def cut(self, scores: Floats, member: Bools) -> ChosenCut:
        """Choose the best cut; of equally good ones that with the fewest false positives, then the strictest.

        A cut above which no record lies has no precision and is not chosen.
        """
        found = candidates(scores, member)
        called = found.tp + found.fp
        precise = (called > 0) & (found.tp / np.maximum(called, 1) >= self.alpha)
        if not precise.any():
            return BestAccuracy().cut(scores, member)._replace(constraint_met=False)
        return found.best(np.where(precise, found.tp, -1))
