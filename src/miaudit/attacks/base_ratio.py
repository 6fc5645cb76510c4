"""Attack `base_ratio`: BASE (the file `base.py` is the attacks' contract)."""

from dataclasses import replace
from functools import partial
from typing import Any, ClassVar

import numpy as np
from pydantic import Field
from pydantic.dataclasses import dataclass

from miaudit.arrays import Floats
from miaudit.attacks._mean_probability import base_ratio
from miaudit.attacks._offline import DESCRIPTION as OFFLINE_DESCRIPTION
from miaudit.attacks._offline import OfflineA, corrected_ratio, settled_offline
from miaudit.attacks._on_shadows import Score
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

    The paper uses the model's own probabilities; here they are tempered, unless the temperature is 1. For a record
    that no reference was trained on, the mean over models of which half were trained on it is estimated as
    ((1 + a) p_out + (1 - a)) / 2, as in RMIA; the paper takes p_out alone (a = 1).
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
    offline_a: OfflineA = Field(default="auto", description=OFFLINE_DESCRIPTION)

    @property
    def needs(self) -> Needs:
        """One out-reference per record, and likelihoods to compare.

        Without an out-reference the mean would only be over models that know the record.
        """
        return Needs(out_references=1, likelihoods=True)

    @property
    def helped_by(self) -> Needs:
        """Further views of the records, and shadows to choose the temperature and `offline_a` on."""
        return Needs(shadows=1 if "auto" in (self.temperature, self.offline_a) else 0, views=self.views != "first")

    def settled(self, evidence: Evidence) -> "BaseRatio":
        """The same attack with the temperature, `offline_a` and the views that it uses on this evidence."""
        if evidence.audit.has_insiders:
            chosen = replace(self, temperature=temperature_of(self.temperature, evidence, base_ratio))
        else:
            temperature, a = settled_offline(self.temperature, self.offline_a, evidence, _ratio)
            chosen = replace(self, temperature=temperature, offline_a=a)
        return replace(
            chosen, views=scored(self.views, evidence, at(float(chosen.temperature), _ratio(chosen.offline_a)))
        )

    def score(self, evidence: Evidence, rng: np.random.Generator) -> Floats:
        """The log ratio of target and references for each record, (n,); views averaged where they help."""
        del rng
        chosen = self.settled(evidence)
        panel = tempered(evidence.audit, float(chosen.temperature))
        ratio = _ratio(chosen.offline_a)
        return over_views(panel, ratio) if chosen.views == "mean" else ratio(panel)

    def explain(self, evidence: Evidence, rng: np.random.Generator) -> dict[str, Any]:
        """The temperature and `offline_a` that were used, and what was made of views, where there are any."""
        del rng
        chosen = self.settled(evidence)
        found: dict[str, Any] = {"temperature": chosen.temperature}
        found |= {} if evidence.audit.has_insiders else {"offline_a": chosen.offline_a}
        return found | ({"views": chosen.views} if evidence.audit.views else {})


def _ratio(a: OfflineA) -> Score:
    """The log ratio of a tempered panel."""
    return base_ratio if a == "auto" else partial(corrected_ratio, a=a)
