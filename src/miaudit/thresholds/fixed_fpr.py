"""Threshold `fixed_fpr`: as many members as possible at a false positive rate."""

from typing import Annotated

import numpy as np
from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass

from miaudit.arrays import Bools, Floats
from miaudit.thresholds._candidates import candidates
from miaudit.thresholds.base import ChosenCut

FEW = 10  # false positives: with fewer, the rate on other records may well be twice the one asked for


@dataclass(frozen=True, config=ConfigDict(extra="forbid"))
class FixedFpr:
    """Find as many members as possible while at most a share `fpr` of the known non-members is called members.

    `constraint_met` is False with fewer than 1/fpr non-members, which cannot tell. With fewer than 10/fpr,
    `rests_on` says how few they are. (Carlini et al. 2022.) O(m log m).
    """

    fpr: Annotated[float, Field(gt=0, lt=1, description="largest false positive rate on the known records")] = 0.01

    def __str__(self) -> str:
        return f"at most {self.fpr * 100:g} % false positives"

    def cut(self, scores: Floats, member: Bools) -> ChosenCut:
        """Choose the best cut; of equally good ones that with the fewest false positives, then the strictest."""
        found = candidates(scores, member)
        chosen = found.best(np.where(found.fp / found.nonmembers <= self.fpr, found.tp, -1))
        allowed = int(self.fpr * found.nonmembers)
        few = f"{allowed} of {found.nonmembers:,} non-members" if allowed < FEW else ""
        return chosen._replace(constraint_met=1.0 / found.nonmembers <= self.fpr, rests_on=few)
