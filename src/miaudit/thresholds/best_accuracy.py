"""Threshold `best_accuracy`: the cut with the best balanced accuracy."""

from pydantic import ConfigDict
from pydantic.dataclasses import dataclass

from miaudit.arrays import Bools, Floats
from miaudit.thresholds._candidates import candidates
from miaudit.thresholds.base import ChosenCut


@dataclass(frozen=True, config=ConfigDict(extra="forbid"))
class BestAccuracy:
    """Best mean of sensitivity and specificity, as MIAs are compared by (Yeom et al. 2018; LDC-MIA 4.2.3).

    With as many members as non-members that is the best accuracy. O(m log m).
    """

    def __str__(self) -> str:
        return "best balanced accuracy"

    def cut(self, scores: Floats, member: Bools) -> ChosenCut:
        """Choose the best cut; of equally good ones that with the fewest false positives, then the strictest."""
        found = candidates(scores, member)
        # Whole numbers, so that equal accuracies are equal.
        return found.best(found.tp * found.nonmembers - found.fp * found.members)
