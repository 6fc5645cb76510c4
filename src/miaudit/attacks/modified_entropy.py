"""Attack `modified_entropy`."""

from typing import ClassVar

import numpy as np
from pydantic.dataclasses import dataclass

from miaudit.arrays import Floats
from miaudit.attacks.base import STRICT, Needs
from miaudit.evidence import Evidence


@dataclass(frozen=True, config=STRICT, kw_only=True)
class ModifiedEntropy:
    """How concentrated the target's prediction is on the right class (Song & Mittal 2021).

    score = (1 - p_y) log p_y + sum over c != y of p_c log(1 - p_c), at most 0: the negative modified entropy; HP-MIA
    Eq. 5.
    """

    paper: ClassVar[str] = "Song & Mittal, USENIX Security 2021, arXiv:2003.10595"
    equation: ClassVar[str] = "s(h, z) = (1 - h(x)_y) log h(x)_y + sum_{c != y} h(x)_c log(1 - h(x)_c)"
    adversary: ClassVar[str] = "Queries the target for probabilities and knows the record's label."
    learns: ClassVar[bool] = False

    @property
    def needs(self) -> Needs:
        """Only the target's outputs, of every class."""
        return Needs(classes=True)

    def score(self, evidence: Evidence, rng: np.random.Generator) -> Floats:
        """(n,) negative modified entropy."""
        del rng
        return evidence.audit.target("modified_entropy")
