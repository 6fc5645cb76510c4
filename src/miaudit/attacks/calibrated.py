"""Attack `calibrated`."""

from typing import ClassVar, Literal

import numpy as np
from pydantic import Field
from pydantic.dataclasses import dataclass

from miaudit.arrays import Floats
from miaudit.attacks._calibration import calibrate
from miaudit.attacks._neighbourhoods import MAX_AUX, MAX_REFERENCES, THETA, Neighbourhoods
from miaudit.attacks.base import STRICT, Needs
from miaudit.evidence import Evidence


@dataclass(frozen=True, config=STRICT, kw_only=True)
class Calibrated:
    """How much better the target fits the record than models that did not see it (Watson et al. 2022).

    score = s(h, z) - mean over the out-references of s(g, z); HP-MIA Eq. 6. C-Loss and C-Conf of HP-MIA are
    signal=loss and signal=confidence.
    """

    paper: ClassVar[str] = "Watson et al., ICLR 2022, arXiv:2111.08440"
    equation: ClassVar[str] = "s_cal(h, z) = s(h, z) - E_g s(g, z), g not trained on z"
    adversary: ClassVar[str] = (
        "Queries the target for probabilities, knows the record's label, and trains reference models on data of "
        "the same distribution."
    )
    learns: ClassVar[bool] = False

    signal: Literal["loss", "confidence", "entropy", "modified_entropy", "scaled_logit"] = Field(
        default="loss", description="the membership score that is calibrated"
    )

    neighbourhood: bool = Field(
        default=False,
        description="multiply by the neighbourhood information among the shadows' records (LDC-MIA Eq. 8)",
    )

    @property
    def needs(self) -> Needs:
        """A reference that was not trained on the record; for neighbours, the records of a shadow.

        Neighbours, and signals other than the loss and the scaled logit, need outputs of every class.
        """
        classes = self.neighbourhood or self.signal not in ("loss", "scaled_logit")
        return Needs(shadows=1 if self.neighbourhood else 0, out_references=1, classes=classes)

    def score(self, evidence: Evidence, rng: np.random.Generator) -> Floats:
        """The target's signal minus the mean of the references that did not see the record, (n,)."""
        score = calibrate(evidence.audit, self.signal)
        if not self.neighbourhood:
            return score
        neighbours = Neighbourhoods(THETA, MAX_AUX, MAX_REFERENCES, int(rng.integers(2**31)))
        return score * neighbours.among(evidence.audit, evidence.shadows)
