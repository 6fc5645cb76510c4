"""Attack `loss`."""

from typing import ClassVar

import numpy as np
from pydantic import Field
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

    single: bool = Field(
        default=False,
        description="in single precision, as training code computes it: records that the target is certain of tie at 0",
    )

    @property
    def needs(self) -> Needs:
        """Only the target's outputs."""
        return Needs()

    def score(self, evidence: Evidence, rng: np.random.Generator) -> Floats:
        """(n,) log-probability of the true class."""
        del rng
        return in_single(evidence.audit.target("scaled_logit")) if self.single else evidence.audit.target("loss")


def in_single(odds: Floats) -> Floats:
    """Log-probabilities (n,) as single precision gives them, of log odds (n,): 0 where 1 - p is lost beside 1.

    >>> in_single(np.array([0.0, 16.0, 18.0])).round(9)
    array([-6.93147182e-01, -1.19000000e-07,  0.00000000e+00])
    """
    above = np.log(np.float32(1) + np.exp(-np.abs(odds)).astype(np.float32))  # of the larger of p and 1 - p, negated
    log_p: Floats = np.minimum(odds, 0.0) - above.astype(np.float64)
    return log_p
