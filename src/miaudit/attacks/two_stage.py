"""Attack `two_stage`."""

from functools import partial
from typing import Any, ClassVar, Literal, Self

import numpy as np
from pydantic import Field, model_validator
from pydantic.dataclasses import dataclass

from miaudit.arrays import Bools, Floats
from miaudit.attacks import _two_thresholds
from miaudit.attacks._calibration import calibrate
from miaudit.attacks._likelihood import offline_z
from miaudit.attacks._precision_guarantee import search_guaranteed
from miaudit.attacks._shadows import members, targets
from miaudit.attacks._two_thresholds import Pair
from miaudit.attacks.base import STRICT, Cut, Needs
from miaudit.evidence import Evidence, Panel

FAR_BELOW = 1e7  # more than any s1 can be below 0, where log odds are as those of a classifier
LARGEST = 745.0  # log odds of a classifier; losses and scores may be larger


@dataclass(frozen=True, config=STRICT, kw_only=True)
class TwoStage:
    """Excludes records that the target fits badly, then judges the rest by a calibrated score (HP-MIA, Chen et al.).

    A record is called a member if s0 >= t0 and s1 > t1; s0 is the loss, s1 what `second` says. Both cuts are chosen
    on the records of all shadows together: the most members at precision alpha. Where no pair of cuts meets alpha the
    most accurate pair is taken (with a given beta, of those with its exclusion), and the cut says so.

    The score is s1, and for excluded records a number below all others that ranks them by s0.
    """

    paper: ClassVar[str] = "Chen, Wang, Zhong, Ying, Tang, Pan: HP-MIA, Algorithms 1 and 2"
    equation: ClassVar[str] = "member if s0(h, z) >= t0 and s1(h, z) > t1; max TP s.t. precision >= alpha"
    adversary: ClassVar[str] = (
        "Queries the target for probabilities, knows the record's label, and trains shadow and reference models "
        "on data of the same distribution."
    )
    learns: ClassVar[bool] = True

    alpha: float = Field(default=0.98, ge=0, le=1, description="precision that the cuts must reach on the shadow")
    search: Literal["beta", "exact"] = Field(
        default="beta", description="Algorithm 2 (1001 exclusion precisions), or the best of all pairs of cuts"
    )
    beta: float | None = Field(
        default=None, ge=0, le=1, description="precision of the exclusion; none: the one that finds the most members"
    )
    second: Literal["calibrated", "lira"] = Field(
        default="calibrated", description="s1: calibrated loss, or offline LiRA (HP-MIA Section 4.3.4)"
    )
    guarantee: float | None = Field(
        default=None,
        gt=0,
        lt=1,
        description="confidence with which precision is at least alpha on the shadow's distribution; none by default",
    )

    @model_validator(mode="after")
    def _beta_is_searched(self) -> Self:
        if self.beta is not None and self.search != "beta":
            raise ValueError("beta belongs to search=beta: the exact search knows none")
        return self

    @property
    def needs(self) -> Needs:
        """A shadow to choose the cuts on, references for s1."""
        return Needs(shadows=1, out_references=1)

    def score(self, evidence: Evidence, rng: np.random.Generator) -> Floats:
        """Scores (n,): s1 of the records that remain; excluded records score far below all of them."""
        del rng
        pair, _ = self._search(evidence)
        audit = evidence.audit
        phi = audit.target("scaled_logit")
        far = FAR_BELOW * max(1.0, float(np.abs(phi).max(initial=0.0)) / LARGEST)
        excluded = phi - far  # ranks as s0 does, without ties at confident records
        return np.where(audit.target("loss") >= pair.t0, self._second(audit), excluded)

    def cut(self, evidence: Evidence, rng: np.random.Generator) -> Cut:
        """The cut t1; exactly the records with s0 >= t0 and s1 > t1 score above it."""
        del rng
        pair, met = self._search(evidence)
        rule = f"most members at precision {self.alpha:g} on the shadow; a first cut, on the loss, rules records out"
        return Cut(pair.t1, rule if met else f"{rule}; not reached, so the most accurate cuts", met)

    def explain(self, evidence: Evidence, rng: np.random.Generator) -> dict[str, Any]:
        """The cuts, and what they achieve on the shadow (with a guarantee: on the half that t1 was tested on)."""
        del rng
        pair, met = self._search(evidence)
        return {**pair._asdict(), "alpha": self.alpha, "constraint_met": met}

    def _search(self, evidence: Evidence) -> tuple[Pair, bool]:
        """The cuts, and whether they meet alpha. Nothing is drawn at random, so that score, cut and explain agree."""
        s0 = targets(evidence.shadows, "loss")
        s1 = np.concatenate([self._second(shadow) for shadow in evidence.shadows])
        member = members(evidence.shadows)
        pair = self._meeting_alpha(s0, s1, member)
        if pair is not None:
            return pair, True
        beyond = None if self.beta is None else _two_thresholds.most_accurate_beyond(s0, s1, member, self.beta)
        return beyond or _two_thresholds.most_accurate(s0, s1, member), False

    def _meeting_alpha(self, s0: Floats, s1: Floats, member: Bools) -> Pair | None:
        search = _two_thresholds.search_exact if self.search == "exact" else _two_thresholds.search_beta
        if self.beta is not None:
            search = partial(_two_thresholds.search_beta, betas=np.array([self.beta]))
        if self.guarantee is None:
            return search(s0, s1, member, self.alpha)
        return search_guaranteed(search, s0, s1, member, self.alpha, self.guarantee)

    def _second(self, panel: Panel) -> Floats:
        if self.second == "lira":
            return offline_z(panel, "mean", "auto")
        return calibrate(panel, "loss")
