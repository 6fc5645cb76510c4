"""Attack `gap`."""

from typing import ClassVar

import numpy as np
from pydantic.dataclasses import dataclass

from miaudit.arrays import Floats
from miaudit.attacks.base import STRICT, Needs
from miaudit.evidence import Evidence


@dataclass(frozen=True, config=STRICT, kw_only=True)
class Gap:
    """Whether the target's prediction is right: the gap between its training and test accuracy (Yeom et al. 2018).

    score = 1 if the most probable class is the label, else 0. A model whose attackers gain no more than this leaks by
    plain overfitting.
    """

    paper: ClassVar[str] = "Yeom et al., CSF 2018, arXiv:1709.01604"
    equation: ClassVar[str] = "1 if argmax_c h(x)_c = y, else 0"
    adversary: ClassVar[str] = "Queries the target for its predicted class and knows the record's label."
    learns: ClassVar[bool] = False

    @property
    def needs(self) -> Needs:
        """Only the target's labels, of all classes."""
        return Needs(classes=True, confidence=False)

    def score(self, evidence: Evidence, rng: np.random.Generator) -> Floats:
        """(n,) 0 or 1."""
        del rng
        return evidence.audit.target("correct")
