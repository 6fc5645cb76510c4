"""Attack `attack_p`."""

from typing import ClassVar

import numpy as np
from pydantic.dataclasses import dataclass

from miaudit.arrays import Floats
from miaudit.attacks._percentile import share_above
from miaudit.attacks.base import STRICT, Needs
from miaudit.evidence import Evidence
from miaudit.evidence.panel import required


@dataclass(frozen=True, config=STRICT, kw_only=True)
class AttackP:
    """Share of population records that the target fits worse than this one (Ye et al. 2022, Attack P).

    score = share of population records whose loss exceeds the record's, linearly interpolated (the inverse of the
    linear percentile). Records beyond the population's ends tie at 0 and at 1, as in the paper.
    """

    paper: ClassVar[str] = "Ye et al., CCS 2022, arXiv:2111.09679"
    equation: ClassVar[str] = "Pr[loss(h, x') > loss(h, z)], x' from the population"
    adversary: ClassVar[str] = (
        "Queries the target for probabilities, knows the record's label, and holds records of the same "
        "distribution that the target was not trained on."
    )
    learns: ClassVar[bool] = False

    @property
    def needs(self) -> Needs:
        """The target's outputs on population records."""
        return Needs(population=True)

    def score(self, evidence: Evidence, rng: np.random.Generator) -> Floats:
        """(n,) in [0, 1]."""
        del rng
        population = np.sort(-required(evidence.population).target("loss"))
        loss = -evidence.audit.target("loss")
        rank = np.searchsorted(population, loss, side="right")
        below = population[np.maximum(rank - 1, 0)]
        above = population[np.minimum(rank, len(population) - 1)]
        return share_above(loss, below, above, rank, len(population))
