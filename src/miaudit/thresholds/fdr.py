"""Threshold `fdr`: few false discoveries among the records called members."""

from typing import Annotated

import numpy as np
from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass

from miaudit.arrays import Bools, Floats
from miaudit.maths.midpoints import cuts_between
from miaudit.thresholds._candidates import candidates
from miaudit.thresholds.base import ChosenCut


@dataclass(frozen=True, config=ConfigDict(extra="forbid"))
class Fdr:
    """Keep the expected share of non-members among the records called members at `alpha` (Zhao et al., ICCV 2025).

    The p-value of a record is conformal: one plus the number of known non-members that score at least as high, divided
    by one plus the number of known non-members. Benjamini and Hochberg's procedure runs over all T judged records and
    takes the loosest cut whose p-value is at most alpha * called / T (arXiv:2508.07066).

    `select` judges unlabelled records of the target against known non-members of the same target. Its guarantee
    (Theorem 2: alpha times the share of non-members) holds if these are exchangeable with the non-members among the
    judged records. `cut` judges the known records themselves, so that the cut can be carried from a shadow to the
    target; there the guarantee holds as far as the shadow resembles the target. If no record can be called a member,
    `constraint_met` is False and the cut is the highest score. O(m log m).
    """

    alpha: Annotated[float, Field(gt=0, lt=1, description="largest false discovery rate")] = 0.1

    def __str__(self) -> str:
        return f"at most {self.alpha * 100:g} % false discoveries"

    def cut(self, scores: Floats, member: Bools) -> ChosenCut:
        """Choose the cut for records like these (m,); known non-members count against themselves (conservative)."""
        candidates(scores, member)  # refuses what no rule can choose from
        return self.select(scores[~member], scores)

    def select(self, nonmembers: Floats, scores: Floats) -> ChosenCut:
        """Choose the cut for unlabelled scores (n,), given scores (k,) of known non-members of the same target."""
        falling = np.sort(np.unique(scores))[::-1]
        called = len(scores) - np.searchsorted(np.sort(scores), falling, side="left")
        at_least = len(nonmembers) - np.searchsorted(np.sort(nonmembers), falling, side="left")
        p_values = (1.0 + at_least) / (1.0 + len(nonmembers))
        discovered = np.flatnonzero(p_values <= self.alpha * called / len(scores))
        if len(discovered) == 0:
            return ChosenCut(float(falling[0]), constraint_met=False)
        return ChosenCut(float(cuts_between(falling)[discovered[-1] + 1]))
