"""Attack `kde`."""

from typing import Annotated, Any, ClassVar, Literal, NamedTuple

import numpy as np
from pydantic import Field
from pydantic.dataclasses import dataclass

from miaudit.arrays import Bools, Floats
from miaudit.attacks._shadows import members, truth
from miaudit.attacks.base import STRICT, Cut, Needs
from miaudit.errors import UserError
from miaudit.evidence import Evidence, Panel
from miaudit.evidence.panel import required
from miaudit.maths.counts import has_both, tally
from miaudit.maths.density import Density
from miaudit.maths.divergence import kl_divergence

SHOWN = 200  # points of the densities that `explain` returns


class Densities(NamedTuple):
    """Densities of the loss, one of known members and one of known non-members."""

    members: Density
    nonmembers: Density
    sample: Floats  # (m,) the losses
    truth: Bools  # (m,)

    def log_ratio(self, x: Floats) -> Floats:
        """(n,) log density ratio at x (n,)."""
        return self.members.log(x) - self.nonmembers.log(x)


@dataclass(frozen=True, config=STRICT, kw_only=True)
class Kde:
    """How typical the loss is of known members rather than non-members (Membership Inference Attack, slides).

    score = log f_member(loss) - log f_nonmember(loss), cut at 0; Gaussian kernels, a width for each density. The
    attacker knows the membership of a sample of records in the target itself, or takes a shadow's.
    """

    paper: ClassVar[str] = "Membership Inference Attack (slides): kernel density estimates of the prediction loss"
    equation: ClassVar[str] = "log f(loss | member) - log f(loss | non-member), cut at 0"
    adversary: ClassVar[str] = (
        "Queries the target for probabilities, knows the record's label, and either knows some members of the "
        "target and some other records, or trains a shadow model on data of the same distribution."
    )
    learns: ClassVar[bool] = True

    source: Literal["known", "shadow"] = Field(
        default="known", description="records whose membership is known: some of the target's, or a shadow's"
    )
    loss: Literal["cross_entropy", "probability", "normalized_probability"] = Field(
        default="cross_entropy", description="-log p_y, p_y, or log(p_y / (1 - p_y))"
    )
    bandwidth: Literal["scott"] | Annotated[float, Field(gt=0, allow_inf_nan=False)] = Field(
        default="scott", description="width of the kernel, or Scott's rule for each density"
    )

    @property
    def needs(self) -> Needs:
        """Records of known membership; likelihoods where the probability itself is read."""
        likelihoods = self.loss == "probability"
        if self.source == "known":
            return Needs(known=True, likelihoods=likelihoods)
        return Needs(shadows=1, likelihoods=likelihoods)

    def assumes(self, evidence: Evidence) -> str:
        """What the attacker of these audited records is assumed to know."""
        del evidence
        more = {
            "known": "knows of some records whether the target was trained on them",
            "shadow": "trains a shadow model on data of the same distribution",
        }
        return f"Queries the target for probabilities, knows the record's label, and {more[self.source]}."

    def score(self, evidence: Evidence, rng: np.random.Generator) -> Floats:
        """(n,) log density ratio."""
        del rng
        return self._densities(evidence).log_ratio(self._loss(evidence.audit))

    def cut(self, evidence: Evidence, rng: np.random.Generator) -> Cut:
        """The cut 0, where the two densities are equal."""
        del evidence, rng
        return Cut(0.0, "more likely among known members than among known non-members (log density ratio above 0)")

    def explain(self, evidence: Evidence, rng: np.random.Generator) -> dict[str, Any]:
        """Both densities on a grid, their KL divergence (members from non-members), and the counts on the sample."""
        del rng
        known = self._densities(evidence)
        margin = 3.0 * max(known.members.bandwidth, known.nonmembers.bandwidth)
        low, high = float(known.sample.min()) - margin, float(known.sample.max()) + margin
        grid = np.linspace(low, high, SHOWN)
        return {
            "grid": grid.tolist(),
            "density_members": np.exp(known.members.log(grid)).tolist(),
            "density_nonmembers": np.exp(known.nonmembers.log(grid)).tolist(),
            "bandwidth_members": known.members.bandwidth,
            "bandwidth_nonmembers": known.nonmembers.bandwidth,
            "kl_divergence": kl_divergence(known.sample[known.truth], known.sample[~known.truth], self._width),
            "confusion_sample": tally(known.log_ratio(known.sample) > 0, known.truth)._asdict(),
        }

    @property
    def _width(self) -> float | None:
        return None if self.bandwidth == "scott" else self.bandwidth

    def _loss(self, panel: Panel) -> Floats:
        if self.loss == "normalized_probability":
            return panel.target("scaled_logit")
        log_p = panel.target("loss")
        return -log_p if self.loss == "cross_entropy" else np.exp(log_p)

    def _densities(self, evidence: Evidence) -> Densities:
        if self.source == "shadow":
            sample = np.concatenate([self._loss(shadow) for shadow in evidence.shadows])
            member = members(evidence.shadows)
        else:
            known = required(evidence.known)
            sample, member = self._loss(known), truth(known)
        if not has_both(member):
            raise UserError(
                f"attack kde needs known members and known non-members; of {len(member)} records of the source "
                f"{self.source!r}, {int(member.sum())} are members: give some of both"
            )
        inside, outside = (Density.estimate(sample[side], self._width) for side in (member, ~member))
        return Densities(inside, outside, sample, member)
