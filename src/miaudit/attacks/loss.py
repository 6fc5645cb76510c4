"""Attack `loss`."""

from typing import ClassVar

import numpy as np
from pydantic.dataclasses import dataclass

from miaudit.arrays import Floats
from miaudit.attacks.base import STRICT, Needs
from miaudit.evidence import Evidence


@dataclass(frozen=True, config=STRICT, kw_only=True)
class Loss:
    """How well the target fits the record: its negative cross-entropy (Yeom et al. 2018).

    score = log p_y, in [-745, 0]; LDC-MIA Eq. 4, HP-MIA Eq. 3.
    """

    paper: ClassVar[str] = "Yeom et al., CSF 2018, arXiv:1709.01604"
    equation: ClassVar[str] = "s(h, z) = log h(x)_y"
    adversary: ClassVar[str] = "Queries the target for probabilities and knows the record's label."
    learns: ClassVar[bool] = False

    @property
    def needs(self) -> Needs:
        """Only the target's outputs."""
        return Needs()

    def score(self, evidence: Evidence, rng: np.random.Generator) -> Floats:
        """(n,) log-probability of the true class."""
        del rng
        return evidence.audit.target("loss")
