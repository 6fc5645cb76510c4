"""Attack `top_k`."""

from typing import ClassVar

import numpy as np
from pydantic import Field
from pydantic.dataclasses import dataclass

from miaudit.arrays import Floats
from miaudit.attacks._classifier import train
from miaudit.attacks._shadows import members, sampled, targets
from miaudit.attacks.base import STRICT, Needs
from miaudit.evidence import Evidence

HIDDEN = (64,)


@dataclass(frozen=True, config=STRICT, kw_only=True)
class TopK:
    """What a classifier makes of the target's largest posteriors (Salem et al. 2019, adversary 1).

    Features: the k largest posteriors, falling (all of them where there are fewer classes). The classifier, one
    hidden ReLU layer of 64, learns on the records of the shadows; the score is its log odds.
    """

    paper: ClassVar[str] = "Salem et al., NDSS 2019, arXiv:1806.01246"
    equation: ClassVar[str] = "MLP(the k largest h(x)_c, falling)"
    adversary: ClassVar[str] = (
        "Queries the target for probabilities, needs no label, and trains a shadow model on data of the same "
        "distribution."
    )
    learns: ClassVar[bool] = True

    k: int = Field(default=3, ge=1, le=100_000, description="how many of the largest posteriors the classifier reads")
    max_records: int = Field(
        default=50_000,
        ge=2,
        description="most shadow records that the classifier learns from; drawn at random where there are more",
    )

    @property
    def needs(self) -> Needs:
        """A shadow to learn on, and outputs of every class."""
        return Needs(shadows=1, classes=True)

    def score(self, evidence: Evidence, rng: np.random.Generator) -> Floats:
        """(n,) log odds of membership."""
        shadows = sampled(evidence, self.max_records, rng)
        network = train(self._largest(targets(shadows, "posteriors")), members(shadows), HIDDEN, rng)
        return network.log_odds(self._largest(evidence.audit.target("posteriors")))

    def _largest(self, posteriors: Floats) -> Floats:
        """The largest (n, min(k, C)) of posteriors (n, C), in falling order."""
        falling: Floats = -np.sort(-posteriors, axis=1)[:, : self.k]
        return falling
