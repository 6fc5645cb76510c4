"""Attack `base_ratio`: BASE (the file `base.py` is the attacks' contract)."""

from dataclasses import replace
from typing import Any, ClassVar

import numpy as np
from pydantic import Field
from pydantic.dataclasses import dataclass

from miaudit.arrays import Floats
from miaudit.attacks._mean_probability import base_ratio
from miaudit.attacks._temperature import DESCRIPTION, Temperature, at, temperature_of, tempered
from miaudit.attacks._views import DESCRIPTION as VIEWS_DESCRIPTION
from miaudit.attacks._views import Views, over_views, scored
from miaudit.attacks.base import STRICT, Needs
from miaudit.evidence import Evidence


@dataclass(frozen=True, config=STRICT, kw_only=True)
class BaseRatio:
    """How the target's probability compares with the mean over all reference models (BASE, Lassila et al. 2025).

    score = log p(x | target) - log mean_r p(x | reference r), the Bayes-optimal rule with the expectation over models
    taken over the reference models. Where each record is in half of the references it ranks as RMIA does, up to the
    ties that RMIA's finite population leaves (arXiv:2603.11799), and needs no population.

    The paper uses the model's own probabilities; here they are tempered, unless the temperature is 1.
    """

    paper: ClassVar[str] = "Lassila et al., NeurIPS 2025, arXiv:2505.24089"
    equation: ClassVar[str] = "log p_y(target) - log mean over references of p_y, p = softmax(logits / T)"
    adversary: ClassVar[str] = (
        "Queries the target for probabilities, knows the record's label, and trains reference models on data of "
        "the same distribution, which may hold the audited records."
    )
    learns: ClassVar[bool] = False

    temperature: Temperature = Field(default="auto", description=DESCRIPTION)
    views: Views = Field(default="auto", description=VIEWS_DESCRIPTION)

    @property
    def needs(self) -> Needs:
        """One out-reference per record, and likelihoods to compare.

        Without an out-reference the mean would only be over models that know the record.
        """
        return Needs(out_references=1, likelihoods=True)

    @property
    def helped_by(self) -> Needs:
        """Further views of the records, and shadows to choose the temperature on."""
        return Needs(shadows=1 if self.temperature == "auto" else 0, views=self.views != "first")

    def settled(self, evidence: Evidence) -> "BaseRatio":
        """The same attack with the temperature and the views that it uses on this evidence."""
        temperature = temperature_of(self.temperature, evidence, base_ratio)
        ratio = at(temperature, base_ratio)
        return replace(self, temperature=temperature, views=scored(self.views, evidence, ratio))

    def score(self, evidence: Evidence, rng: np.random.Generator) -> Floats:
        """The log ratio of target and references for each record, (n,); views averaged where they help."""
        del rng
        chosen = self.settled(evidence)
        panel = tempered(evidence.audit, float(chosen.temperature))
        return over_views(panel, base_ratio) if chosen.views == "mean" else base_ratio(panel)

    def explain(self, evidence: Evidence, rng: np.random.Generator) -> dict[str, Any]:
        """The temperature that was used, and what was made of views, where there are any."""
        del rng
        chosen = self.settled(evidence)
        return {"temperature": chosen.temperature} | ({"views": chosen.views} if evidence.audit.views else {})
