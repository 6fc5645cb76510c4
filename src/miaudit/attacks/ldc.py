"""Attack `ldc`."""

from typing import ClassVar, Literal

import numpy as np
from pydantic import Field
from pydantic.dataclasses import dataclass

from miaudit.arrays import Floats, Ints
from miaudit.attacks._calibration import calibrate
from miaudit.attacks._classifier import draw, train
from miaudit.attacks._neighbourhoods import MAX_AUX, MAX_REFERENCES, THETA, Neighbourhoods
from miaudit.attacks._shadows import members
from miaudit.attacks.base import STRICT, Needs
from miaudit.evidence import Evidence, Panel

HIDDEN = (128, 64)
Feature = Literal["label", "score", "calibrated"]


@dataclass(frozen=True, config=STRICT, kw_only=True)
class Ldc:
    """What a classifier makes of loss, calibrated loss, label and neighbourhood (LDC-MIA, Shi et al. 2024).

    Features: the one-hot label; s(h) = log p_y (Eq. 4); (s(h) - mean over out-references of s(g)) * NI (Eq. 8), where
    NI = n_aux / #{auxiliary records whose reference logits have cosine > theta with the record's} (Eq. 7 in units of
    n_aux; the mean over references). Auxiliary records are those of the shadow; a record is not its own neighbour,
    and one without a neighbour counts one. With several shadows each has its own auxiliary records, one classifier
    learns on all, and NI of an audited record is the mean over shadows.

    The classifier has two hidden ReLU layers (128, 64) and reads standardised features. The score is its log odds.
    """

    paper: ClassVar[str] = "Shi et al., LDC-MIA, 2024, arXiv:2401.04929"
    equation: ClassVar[str] = "MLP(one-hot y, s(h, z), [s(h, z) - s(g, z)] * NI(x))"
    adversary: ClassVar[str] = (
        "Queries the target for probabilities, knows the record's label, and trains shadow and reference models "
        "on data of the same distribution."
    )
    learns: ClassVar[bool] = True

    features: tuple[Feature, ...] = Field(
        default=("label", "score", "calibrated"),
        min_length=1,
        description="what the classifier reads",
    )
    neighbourhood: bool = Field(
        default=True,
        description="whether the calibrated score is multiplied by NI, which is large where neighbours are few",
    )
    theta: float = Field(default=THETA, ge=-1, lt=1, description="least cosine between the logits of neighbours")
    max_records: int = Field(
        default=50_000, ge=2, description="shadow records that the classifier learns on; a random part of more"
    )
    max_aux: int = Field(default=MAX_AUX, ge=1, description="auxiliary records for NI; a random part of more")
    max_references: int = Field(
        default=MAX_REFERENCES, ge=1, description="reference models for NI; a random part of more"
    )

    @property
    def needs(self) -> Needs:
        """A shadow, and references for the calibrated score."""
        return Needs(shadows=1, out_references=1 if "calibrated" in self.features else 0)

    def score(self, evidence: Evidence, rng: np.random.Generator) -> Floats:
        """(n,) log odds of membership."""
        neighbours = Neighbourhoods(self.theta, self.max_aux, self.max_references, int(rng.integers(2**31)))
        columns = [self._columns(shadow, (shadow,), neighbours) for shadow in evidence.shadows]
        labels = np.concatenate([shadow.labels for shadow in evidence.shadows])
        classes = evidence.audit.n_classes
        learnt = draw(rng, len(labels), self.max_records)
        known = self._matrix(np.concatenate(columns)[learnt], labels[learnt], classes)
        network = train(known, members(evidence)[learnt], HIDDEN, rng)
        audited = self._columns(evidence.audit, evidence.shadows, neighbours)
        return network.log_odds(self._matrix(audited, evidence.audit.labels, classes))

    def _columns(self, panel: Panel, aux: tuple[Panel, ...], neighbours: Neighbourhoods) -> Floats:
        """(n, 0-2) the numeric features."""
        columns = []
        if "score" in self.features:
            columns.append(panel.target("loss"))
        if "calibrated" in self.features:
            calibrated = calibrate(panel, "loss")
            columns.append(calibrated * neighbours.among(panel, aux) if self.neighbourhood else calibrated)
        return np.stack(columns, axis=1) if columns else np.empty((len(panel), 0))

    def _matrix(self, columns: Floats, labels: Ints, classes: int) -> Floats:
        if "label" not in self.features:
            return columns
        one_hot = (labels[:, None] == np.arange(classes)).astype(np.float64)
        return np.concatenate([one_hot, columns], axis=1)
