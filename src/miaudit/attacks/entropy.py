"""Attack `entropy`."""

from typing import ClassVar

import numpy as np
from pydantic.dataclasses import dataclass

from miaudit.arrays import Floats
from miaudit.attacks.base import STRICT, Needs
from miaudit.evidence import Evidence


@dataclass(frozen=True, config=STRICT, kw_only=True)
class Entropy:
    """How concentrated the target's prediction is, right or wrong (Song & Mittal 2021).

    score = sum_c p_c log p_c, the negative entropy, in [-log C, 0].
    """

    paper: ClassVar[str] = "Song & Mittal, USENIX Security 2021, arXiv:2003.10595"
    equation: ClassVar[str] = "s(h, z) = sum_c h(x)_c log h(x)_c"
    adversary: ClassVar[str] = "Queries the target for probabilities and needs no label."
    learns: ClassVar[bool] = False

    @property
    def needs(self) -> Needs:
        """Only the target's outputs, of every class."""
        return Needs(classes=True)

    def score(self, evidence: Evidence, rng: np.random.Generator) -> Floats:
        """The negative entropy of the target's probabilities, (n,)."""
        del rng
        return evidence.audit.target("entropy")
