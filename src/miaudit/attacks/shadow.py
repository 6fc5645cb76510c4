"""Attack `shadow`."""

from typing import ClassVar

import numpy as np
from pydantic import Field
from pydantic.dataclasses import dataclass

from miaudit.arrays import Floats
from miaudit.attacks._classifier import train
from miaudit.attacks._shadows import labels_of, members, sampled, targets
from miaudit.attacks.base import STRICT, Needs
from miaudit.evidence import Evidence
from miaudit.maths.counts import has_both

HIDDEN = (64,)


@dataclass(frozen=True, config=STRICT, kw_only=True)
class Shadow:
    """What a classifier for the record's class makes of the target's posteriors (Shokri et al. 2017).

    One classifier a class, with one hidden ReLU layer of 64, learns on the records that all shadows together hold of
    that class. A class without both members and non-members falls back on the classifier of all classes. The score is
    the log odds.
    """

    paper: ClassVar[str] = "Shokri et al., IEEE S&P 2017, arXiv:1610.05820"
    equation: ClassVar[str] = "MLP_y(h(x)), a classifier for each class y"
    adversary: ClassVar[str] = (
        "Queries the target for probabilities, knows the record's label, and trains shadow models on data of the "
        "same distribution."
    )
    learns: ClassVar[bool] = True

    max_records: int = Field(
        default=50_000,
        ge=2,
        description="most shadow records that the classifiers learn from; drawn at random where there are more",
    )

    @property
    def needs(self) -> Needs:
        """A shadow to learn on, better more, and outputs of every class."""
        return Needs(shadows=1, classes=True)

    def score(self, evidence: Evidence, rng: np.random.Generator) -> Floats:
        """(n,) log odds of membership."""
        shadows = sampled(evidence, self.max_records, rng)
        known, member, labels = targets(shadows, "posteriors"), members(shadows), labels_of(shadows)
        posteriors, own = evidence.audit.target("posteriors"), evidence.audit.labels
        fallback_seed, *seeds = rng.integers(2**31, size=1 + posteriors.shape[1]).tolist()
        learnable = np.array([has_both(member[labels == c]) for c in range(posteriors.shape[1])])
        scores = np.empty(len(own))
        for c in np.flatnonzero(learnable):
            network = train(known[labels == c], member[labels == c], HIDDEN, np.random.default_rng(seeds[c]))
            scores[own == c] = network.log_odds(posteriors[own == c])
        rest = ~learnable[own]
        if rest.any():
            network = train(known, member, HIDDEN, np.random.default_rng(fallback_seed))
            scores[rest] = network.log_odds(posteriors[rest])
        return scores
