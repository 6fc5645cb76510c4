"""Attack `rmia`."""

from dataclasses import replace
from typing import Any, ClassVar

import numpy as np
from pydantic import Field
from pydantic.dataclasses import dataclass

from miaudit.arrays import Floats
from miaudit.attacks._mean_probability import base_ratio, log_mean
from miaudit.attacks._mode import DESCRIPTION as MODE_DESCRIPTION
from miaudit.attacks._mode import Mode, is_online, of_mode
from miaudit.attacks._offline import DESCRIPTION as OFFLINE_DESCRIPTION
from miaudit.attacks._offline import USUAL, OfflineA, log_expected, settled_offline
from miaudit.attacks._temperature import DESCRIPTION, Temperature, at, temperature_of, tempered
from miaudit.attacks._views import DESCRIPTION as VIEWS_DESCRIPTION
from miaudit.attacks._views import Views, over_views, scored
from miaudit.attacks.base import STRICT, Needs
from miaudit.evidence import Evidence, Panel
from miaudit.evidence.panel import required


@dataclass(frozen=True, config=STRICT, kw_only=True)
class Rmia:
    """How many population records the target fits less well, each against its references (Zarifzadeh et al. 2024).

    r(x) = p(x | target) / p(x), p the probability of the true class. Online, p(x) is the mean of the in-references'
    mean and the out-references' mean; offline ((1 + a) p_out + (1 - a)) / 2. p(z) of a population record is the mean
    over all references. The score is the share of z with r(x) / r(z) >= gamma, in [0, 1]; ties stay ties.
    """

    paper: ClassVar[str] = "Zarifzadeh, Liu, Shokri, ICML 2024, arXiv:2312.03262"
    equation: ClassVar[str] = "Pr over z of [ (p(x|target)/p(x)) / (p(z|target)/p(z)) >= gamma ] (Eq. 3, 4, 10)"
    adversary: ClassVar[str] = (
        "Queries the target for probabilities, knows the record's label, holds records of the same distribution "
        "that no audited model was trained on, and trains reference models, online also on the audited records."
    )
    learns: ClassVar[bool] = False

    mode: Mode = Field(default="auto", description=MODE_DESCRIPTION)
    temperature: Temperature = Field(default="auto", description=DESCRIPTION)
    views: Views = Field(default="auto", description=VIEWS_DESCRIPTION)
    gamma: float = Field(default=1.0, gt=0, description="least ratio at which a record beats a population record")
    offline_a: OfflineA = Field(default="auto", description=OFFLINE_DESCRIPTION)

    @property
    def needs(self) -> Needs:
        """The population, likelihoods to compare, and one out-reference per record; online also one in-reference."""
        online = self.mode == "online"
        return Needs(out_references=1, in_references=1 if online else 0, population=True, likelihoods=True)

    @property
    def helped_by(self) -> Needs:
        """Further views of the records, and shadows to choose the temperature and `offline_a` on."""
        return Needs(shadows=1 if "auto" in (self.temperature, self.offline_a) else 0, views=self.views != "first")

    def assumes(self, evidence: Evidence) -> str:
        """What the attacker of these audited records is assumed to know."""
        return of_mode(self.adversary, is_online(self.mode, evidence.audit))

    def settled(self, evidence: Evidence) -> "Rmia":
        """The same attack with the temperature, `offline_a` and the views that it uses on this evidence."""
        # The population does not matter for these choices: it changes no order of records.
        able = replace(self, mode="offline" if self.mode == "offline" else "auto")  # a shadow may lack in-references
        if is_online(self.mode, evidence.audit):
            chosen = replace(able, temperature=temperature_of(self.temperature, evidence, able._log_ratio))
        else:
            temperature, a = settled_offline(
                self.temperature, self.offline_a, evidence, lambda a: replace(able, offline_a=a)._log_ratio
            )
            chosen = replace(able, temperature=temperature, offline_a=a)
        views = scored(self.views, evidence, at(float(chosen.temperature), chosen._log_ratio))
        return replace(chosen, mode=self.mode, views=views)

    def score(self, evidence: Evidence, rng: np.random.Generator) -> Floats:
        """(n,) shares of the population."""
        del rng
        chosen = self.settled(evidence)
        temperature = float(chosen.temperature)
        population, audit = (tempered(panel, temperature) for panel in (required(evidence.population), evidence.audit))
        if chosen.views == "mean":
            ratio_z, ratio_x = np.sort(over_views(population, base_ratio)), over_views(audit, chosen._log_ratio)
        else:
            ratio_z, ratio_x = np.sort(base_ratio(population)), chosen._log_ratio(audit)
        beaten = np.searchsorted(ratio_z, ratio_x - np.log(self.gamma), side="right")
        return beaten / len(ratio_z)

    def explain(self, evidence: Evidence, rng: np.random.Generator) -> dict[str, Any]:
        """The temperature and `offline_a` that were used, and what was made of views, where there are any."""
        del rng
        chosen = self.settled(evidence)
        found: dict[str, Any] = {"temperature": chosen.temperature}
        found |= {} if is_online(self.mode, evidence.audit) else {"offline_a": chosen.offline_a}
        return found | ({"views": chosen.views} if evidence.audit.views else {})

    def _log_ratio(self, panel: Panel) -> Floats:
        """The logarithm of r(x), (n,)."""
        log_p, inside = panel.references("loss"), panel.in_reference
        out = log_mean(log_p, ~inside)
        if is_online(self.mode, panel):
            mean = np.logaddexp(log_mean(log_p, inside), out) - np.log(2)
        else:
            mean = log_expected(out, USUAL if self.offline_a == "auto" else self.offline_a)
        ratio: Floats = panel.target("loss") - mean
        return ratio
