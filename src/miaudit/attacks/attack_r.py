"""Attack `attack_r`."""

from typing import ClassVar

import numpy as np
from pydantic.dataclasses import dataclass

from miaudit.arrays import Floats
from miaudit.attacks._percentile import share_above
from miaudit.attacks.base import STRICT, Needs
from miaudit.evidence import Evidence
from miaudit.maths.blocks import blocks


@dataclass(frozen=True, config=STRICT, kw_only=True)
class AttackR:
    """Share of models without the record that fit it worse than the target does (Ye et al. 2022, Attack R).

    score = share of out-references whose loss on the record exceeds the target's, linearly interpolated (the inverse
    of the linear percentile). Records beyond the ends tie at 0 and at 1, as in the paper: with R references there are
    few distinct scores at the low false positive rates.
    """

    paper: ClassVar[str] = "Ye et al., CCS 2022, arXiv:2111.09679"
    equation: ClassVar[str] = "Pr[loss(g, z) > loss(h, z)], g not trained on z"
    adversary: ClassVar[str] = (
        "Queries the target for probabilities, knows the record's label, and trains reference models on data of "
        "the same distribution."
    )
    learns: ClassVar[bool] = False

    @property
    def needs(self) -> Needs:
        """A reference that was not trained on the record."""
        return Needs(out_references=1)

    def score(self, evidence: Evidence, rng: np.random.Generator) -> Floats:
        """(n,) in [0, 1]."""
        del rng
        panel = evidence.audit
        loss, references = -panel.target("loss"), panel.references("loss")
        scores = np.empty(len(panel))
        for part in blocks(len(panel), panel.n_references):  # so that no second (R, n) array is made
            outside, others = ~panel.in_reference[:, part], -references[:, part]
            lower = outside & (others <= loss[part])
            higher = outside & ~lower
            below = np.max(others, axis=0, where=lower, initial=-np.inf)
            above = np.min(others, axis=0, where=higher, initial=np.inf)
            scores[part] = share_above(loss[part], below, above, lower.sum(axis=0), outside.sum(axis=0))
        return scores
