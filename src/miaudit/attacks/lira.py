"""Attack `lira`."""

from dataclasses import replace
from functools import partial
from typing import Any, ClassVar, Literal

import numpy as np
from pydantic import Field
from pydantic.dataclasses import dataclass

from miaudit.arrays import Floats
from miaudit.attacks import _augmented
from miaudit.attacks._gaussian import Center, Variance, choose_variance
from miaudit.attacks._likelihood import offline_z, online_ratio, predicted_ratio
from miaudit.attacks._mode import Mode, is_online, of_mode
from miaudit.attacks._on_shadows import best
from miaudit.attacks._pairs import pair_is_helped
from miaudit.attacks._views import over_views
from miaudit.attacks.base import STRICT, Needs
from miaudit.evidence import Evidence, Panel

Views = Literal["auto", "multivariate", "independent", "first"]
WAYS: tuple[Views, ...] = ("multivariate", "independent", "first")  # of taking views together
FEWEST_WITH = 30  # fewest records with in-references from which the others' centres are predicted


@dataclass(frozen=True, config=STRICT, kw_only=True)
class Lira:
    """How the record's scaled logit compares with that of models trained with and without it (Carlini et al. 2022).

    A Gaussian is fitted per record to the scaled logits of its in-references and of its out-references. Online: the
    log-likelihood ratio. Offline (HP-MIA Eq. 8): the one-sided z = (phi - mu_out) / sigma_out, which ranks as Phi(z)
    does and never saturates. Widths are at least 1e-3, so that every score is finite.

    By default the mode is online where every record has a reference of both kinds, and offline where hardly any has an
    in-reference. In between, as with few models that are each trained on few of the records, the in-centres are
    predicted from the out-centres by a line fitted to the records that have both. `variance=auto` is per_record from 60
    references on, else pooled: a deviation of few values is mostly noise (docs/strength.md compares them).

    Where the evidence holds further views of the records (augmented queries, section VI-C), a multivariate Gaussian
    takes their scaled logits together; its covariance is pooled or shrunk, so that a few references suffice. Views that
    no model was trained with may cost more than they give (docs/views.md), so `views=auto` chooses on shadows.
    """

    paper: ClassVar[str] = "Carlini et al., IEEE S&P 2022, arXiv:2112.03570"
    equation: ClassVar[str] = "online: log p(phi | Q_in) - log p(phi | Q_out); offline: (phi - mu_out) / sigma_out"
    adversary: ClassVar[str] = (
        "Queries the target for probabilities, knows the record's label, and trains reference models on data of "
        "the same distribution, online also on the audited records."
    )
    learns: ClassVar[bool] = False

    mode: Mode = Field(
        default="auto",
        description="with models trained on the record, or without; auto: online where every record has both, and with "
        "predicted centres where only some have",
    )
    variance: Variance = Field(
        default="auto",
        description="deviation of the record's own values, of all records' values around their own centres (pooled), "
        "or of all values (global); auto: per_record from 60 references on, else pooled",
    )
    center: Center = Field(default="mean", description="centre of each Gaussian; the released code takes the median")
    views: Views = Field(
        default="auto",
        description="further views of the records, where there are any: one Gaussian over all; the mean of each view's "
        "own score, as in the released code; or leave them out (first); auto: whichever tells the members of the "
        "shadows best; without shadows multivariate, or first where views do not help to tell two references apart",
    )

    @property
    def needs(self) -> Needs:
        """One out-reference per record; online also one in-reference."""
        return Needs(out_references=1, in_references=1 if self.mode == "online" else 0)

    @property
    def helped_by(self) -> Needs:
        """Further views of the records."""
        return Needs(views=self.views != "first")

    def assumes(self, evidence: Evidence) -> str:
        """What the attacker of these audited records is assumed to know."""
        return of_mode(self.adversary, is_online(self.mode, evidence.audit) or self._predicts(evidence.audit))

    def settled(self, evidence: Evidence) -> "Lira":
        """The same attack with views taken together as they are on this evidence."""
        return replace(self, views=self._ways(evidence))

    def score(self, evidence: Evidence, rng: np.random.Generator) -> Floats:
        """(n,) log-likelihood ratio (online) or z-value (offline)."""
        del rng
        return self._score(evidence.audit, self._ways(evidence))

    def _score(self, panel: Panel, views: Views) -> Floats:
        """(n,) the score of a panel whose views are taken together in this way."""
        if self._predicts(panel):
            return predicted_ratio(panel, self.center)
        online, variance = is_online(self.mode, panel), self._variance(panel)
        ratio = online_ratio if online else offline_z
        if not panel.views or views == "first":
            return ratio(panel, self.center, variance)
        if views == "independent":
            return over_views(panel, lambda view: ratio(view, self.center, variance))
        return (_augmented.online_ratio if online else _augmented.offline_z)(panel, self.center, variance)

    def explain(self, evidence: Evidence, rng: np.random.Generator) -> dict[str, Any]:
        """The values that the defaults had on this evidence."""
        del rng
        panel = evidence.audit
        if self._predicts(panel):
            return {"mode": "predicted", "variance": "pooled", "references": panel.n_references}
        mode = "online" if is_online(self.mode, panel) else "offline"
        found = {"mode": mode, "variance": self._variance(panel), "references": panel.n_references}
        views = self._ways(evidence)
        return found | ({"views": 1 + len(panel.views)} if panel.views and views != "first" else {})

    def _ways(self, evidence: Evidence) -> Views:
        """How views are taken together on this evidence."""
        if self.views != "auto" or not evidence.audit.views:
            return self.views
        able = self if self.mode == "offline" else replace(self, mode="auto")  # a shadow may lack in-references
        found = best([partial(able._score, views=way) for way in WAYS], evidence)
        if found is None and pair_is_helped(evidence.audit) is False:
            return "first"
        return WAYS[found or 0]

    def _predicts(self, panel: Panel) -> bool:
        """Do enough records have in-references to predict the centres of the others?"""
        if self.mode != "auto" or is_online(self.mode, panel) or panel.views:
            return False
        return int(panel.in_reference.any(axis=0).sum()) >= FEWEST_WITH

    def _variance(self, panel: Panel) -> Variance:
        sides = [panel.in_reference, ~panel.in_reference] if is_online(self.mode, panel) else [~panel.in_reference]
        return choose_variance(self.variance, *(side.sum(axis=0) for side in sides))
