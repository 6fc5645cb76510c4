"""Attack `confidence`."""

from typing import ClassVar

import numpy as np
from pydantic.dataclasses import dataclass

from miaudit.arrays import Floats
from miaudit.attacks.base import STRICT, Needs
from miaudit.evidence import Evidence


@dataclass(frozen=True, config=STRICT, kw_only=True)
class Confidence:
    """How sure the target is of its prediction, right or wrong (Salem et al. 2019, adversary 3).

    score = max_c log p_c, in [-log C, 0]; HP-MIA Eq. 4.
    """

    paper: ClassVar[str] = "Salem et al., NDSS 2019, arXiv:1806.01246"
    equation: ClassVar[str] = "s(h, z) = max_c log h(x)_c"
    adversary: ClassVar[str] = "Queries the target for probabilities and needs no label."
    learns: ClassVar[bool] = False

    @property
    def needs(self) -> Needs:
        """Only the target's outputs, of every class."""
        return Needs(classes=True)

    def score(self, evidence: Evidence, rng: np.random.Generator) -> Floats:
        """(n,) log of the largest probability."""
        del rng
        return evidence.audit.target("confidence")
