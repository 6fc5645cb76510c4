"""Attack `bavaria`."""

from typing import ClassVar

import numpy as np
from pydantic import Field
from pydantic.dataclasses import dataclass

from miaudit.arrays import Floats
from miaudit.attacks._mode import DESCRIPTION, Mode, is_online, of_mode
from miaudit.attacks._predictive import predictive
from miaudit.attacks.base import STRICT, Needs
from miaudit.evidence import Evidence
from miaudit.maths.moments import moments_of

SIGNAL = "scaled_logit"


@dataclass(frozen=True, config=STRICT, kw_only=True)
class Bavaria:
    """LiRA with a Bayesian variance per record: predictive densities of Student's t (BaVarIA-t, Braennvall 2026).

    The scaled logits of a record over models trained with it, and over models trained without it, are Gaussian with
    unknown mean and variance under a conjugate normal-inverse-gamma prior; the score is the log ratio of the two
    predictive densities of Student's t at the target's value. Offline: the log odds of the out-model's distribution
    function.

    The paper's model is followed as its abstract states it; how its prior is set was not at hand. Here the prior is
    fitted to all records, in and out apart: to the spread of their means and of their log variances.
    """

    paper: ClassVar[str] = "Braennvall, 2026, arXiv:2603.11799"
    equation: ClassVar[str] = "log t(phi | in) - log t(phi | out), t the posterior predictive of a normal-inverse-gamma"
    adversary: ClassVar[str] = (
        "Queries the target for probabilities, knows the record's label, and trains reference models on data of "
        "the same distribution, online also on the audited records."
    )
    learns: ClassVar[bool] = False

    mode: Mode = Field(default="auto", description=DESCRIPTION)

    @property
    def needs(self) -> Needs:
        """One out-reference per record; online also one in-reference."""
        return Needs(out_references=1, in_references=1 if self.mode == "online" else 0)

    def assumes(self, evidence: Evidence) -> str:
        """What the attacker of these audited records is assumed to know."""
        return of_mode(self.adversary, is_online(self.mode, evidence.audit))

    def score(self, evidence: Evidence, rng: np.random.Generator) -> Floats:
        """(n,) log ratios of densities (online) or log odds (offline)."""
        del rng
        panel = evidence.audit
        phi, values, inside = panel.target(SIGNAL), panel.references(SIGNAL), panel.in_reference
        outside = predictive(moments_of(values, ~inside))
        if is_online(self.mode, panel):
            return predictive(moments_of(values, inside)).log_density(phi) - outside.log_density(phi)
        return outside.log_odds(phi)
