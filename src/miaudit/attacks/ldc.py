"""Attack `ldc`."""

from typing import ClassVar, Literal, NamedTuple

import numpy as np
from pydantic import Field
from pydantic.dataclasses import dataclass

from miaudit.arrays import Bools, Floats, Ints
from miaudit.attacks._calibration import calibrate
from miaudit.attacks._classifier import MembershipNet, train, train_as_released
from miaudit.attacks._neighbourhoods import MAX_AUX, MAX_REFERENCES, THETA, Neighbourhoods
from miaudit.attacks._shadows import labels_of, members
from miaudit.attacks.base import STRICT, Needs
from miaudit.evidence import Evidence, Panel
from miaudit.maths.draws import draw
from miaudit.maths.scaling import Scaling

HIDDEN = (128, 64)
Feature = Literal["label", "score", "calibrated"]


class Features(NamedTuple):
    """Numeric features and labels of some records."""

    columns: Floats  # (n, 0-2) the numeric features
    labels: Ints  # (n,)


@dataclass(frozen=True, config=STRICT, kw_only=True)
class Ldc:
    """What a classifier makes of loss, calibrated loss, label and neighbourhood (LDC-MIA, Shi et al. 2024).

    Features: the label; s(h) = log p_y (Eq. 4); (s(h) - mean over out-references of s(g)) * NI (Eq. 8), where
    NI = n_aux / #{auxiliary records whose reference logits have cosine > theta with the record's} (Eq. 7 in units of
    n_aux; the mean over references). Auxiliary records are those of the shadow; a record is not its own neighbour,
    and one without a neighbour counts one. With several shadows each has its own auxiliary records, one classifier
    learns on all, and NI of an audited record is the mean over shadows.

    The classifier has two hidden ReLU layers (128, 64); the score is its log odds. By default a label is described by
    the mean scores of its class over the shadows, standardised like the scores: if there are many classes, one-hot
    columns would drown two scores. `classifier: authors` is the classifier of the released code, which reads one-hot
    labels and raw scores.
    """

    paper: ClassVar[str] = "Shi et al., LDC-MIA, 2024, arXiv:2401.04929"
    equation: ClassVar[str] = "MLP(y, s(h, z), [s(h, z) - s(g, z)] * NI(x))"
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
    classifier: Literal["own", "authors"] = Field(
        default="own", description="own: Adam on standardised scores; authors: SGD on raw scores and one-hot labels"
    )
    theta: float = Field(default=THETA, ge=-1, lt=1, description="least cosine between the logits of neighbours")
    max_records: int = Field(
        default=20_000,
        ge=2,
        description="most shadow records that the classifier learns from; drawn at random where there are more",
    )
    max_aux: int = Field(
        default=MAX_AUX, ge=1, description="most auxiliary records for NI; drawn at random where there are more"
    )
    max_references: int = Field(
        default=MAX_REFERENCES, ge=1, description="most reference models for NI; drawn at random where there are more"
    )

    @property
    def needs(self) -> Needs:
        """A shadow, and references for the calibrated score; for neighbours, outputs of every class."""
        calibrated = "calibrated" in self.features
        return Needs(shadows=1, out_references=int(calibrated), classes=calibrated and self.neighbourhood)

    def score(self, evidence: Evidence, rng: np.random.Generator) -> Floats:
        """(n,) log odds of membership."""
        neighbours = Neighbourhoods(self.theta, self.max_aux, self.max_references, int(rng.integers(2**31)))
        columns = np.concatenate([self._columns(shadow, (shadow,), neighbours) for shadow in evidence.shadows])
        labels = labels_of(evidence.shadows)
        learnt = draw(rng, len(labels), self.max_records)
        shadows = Features(columns[learnt], labels[learnt])
        audited = Features(self._columns(evidence.audit, evidence.shadows, neighbours), evidence.audit.labels)
        known, asked = (self._matrix(records, shadows, evidence.audit.n_classes) for records in (shadows, audited))
        return self._trained(known, members(evidence.shadows)[learnt], shadows, rng).log_odds(asked)

    def _trained(self, known: Floats, member: Bools, shadows: Features, rng: np.random.Generator) -> MembershipNet:
        if self.classifier == "authors":
            return train_as_released(known, member, HIDDEN, rng)
        if not self._usual:
            return train(known, member, HIDDEN, rng)
        units = Scaling.standard(shadows.columns)
        return train(known, member, HIDDEN, rng, Scaling(np.tile(units.centre, 2), np.tile(units.scale, 2)))

    @property
    def _usual(self) -> bool:
        """Are labels described by the mean scores of their class? There must be a score for that."""
        return self.classifier == "own" and "label" in self.features and len(self.features) > 1

    def _columns(self, panel: Panel, aux: tuple[Panel, ...], neighbours: Neighbourhoods) -> Floats:
        """(n, 0-2) the numeric features."""
        columns = []
        if "score" in self.features:
            columns.append(panel.target("loss"))
        if "calibrated" in self.features:
            calibrated = calibrate(panel, "loss")
            columns.append(calibrated * neighbours.among(panel, aux) if self.neighbourhood else calibrated)
        return np.stack(columns, axis=1) if columns else np.empty((len(panel), 0))

    def _matrix(self, records: Features, shadows: Features, classes: int) -> Floats:
        """(n, F) the features that the classifier reads."""
        if "label" not in self.features:
            return records.columns
        known = _class_means(shadows, classes) if self._usual else np.eye(classes)
        return np.concatenate([known[records.labels], records.columns], axis=1)


def _class_means(records: Features, classes: int) -> Floats:
    """(C, F) mean of the columns over the records of each class; over all records for a class without any."""
    means = np.tile(records.columns.mean(axis=0), (classes, 1))
    for label in np.unique(records.labels):
        means[label] = records.columns[records.labels == label].mean(axis=0)
    return means
