"""Attack `label_only`."""

from typing import ClassVar, Literal

import numpy as np
from pydantic import Field
from pydantic.dataclasses import dataclass

from miaudit.arrays import Floats
from miaudit.attacks._views import over_views
from miaudit.attacks.base import STRICT, Needs
from miaudit.evidence import Evidence, Panel
from miaudit.maths.moments import mean_of

QUERIES = (
    "Queries the target for its predicted class of the record and of changed copies of it, and knows the record's label"
)
TRAINS = "trains reference models on data of the same distribution"


@dataclass(frozen=True, config=STRICT, kw_only=True)
class LabelOnly:
    """How often the target gives the record's label to small changes of it (Choquette-Choo et al. 2021).

    A model is robust around the records that it was trained on. score = share of the record and its further views to
    which the target gives the record's label; where there are reference models, minus their mean share, over those that
    were not trained on the record: a record that every model gets right whatever is done to it tells nothing. The paper
    trains a network on the answers to all views instead; the share is its best single feature, and needs no shadow.
    """

    paper: ClassVar[str] = "Choquette-Choo et al., ICML 2021, arXiv:2007.14321"
    equation: ClassVar[str] = "mean over views v of 1[argmax_c h(x_v)_c = y] - mean over out-references of the same"
    adversary: ClassVar[str] = f"{QUERIES}; calibrated, {TRAINS}."
    learns: ClassVar[bool] = False

    calibration: Literal["auto", "none"] = Field(
        default="auto",
        description="subtract the mean share of models that did not see the record, where there are any",
    )

    @property
    def needs(self) -> Needs:
        """Labels of all classes, on further views of each record."""
        return Needs(classes=True, confidence=False, views=True)

    @property
    def helped_by(self) -> Needs:
        """References that were not trained on the record."""
        return Needs(out_references=1 if self.calibration == "auto" else 0)

    def assumes(self, evidence: Evidence) -> str:
        """What the attacker of these audited records is assumed to know."""
        return f"{QUERIES}; {TRAINS}." if self._calibrates(evidence.audit) else f"{QUERIES}."

    def score(self, evidence: Evidence, rng: np.random.Generator) -> Floats:
        """(n,) shares in [0, 1], or differences of shares in [-1, 1]."""
        del rng
        panel = evidence.audit
        kept = over_views(panel, lambda view: view.target("correct"))
        if not self._calibrates(panel):
            return kept
        usual = over_views(panel, lambda view: mean_of(view.references("correct"), ~panel.in_reference))
        difference: Floats = kept - usual
        return difference

    def _calibrates(self, panel: Panel) -> bool:
        return self.calibration == "auto" and panel.has_outsiders
