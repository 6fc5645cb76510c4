"""Attack `quantile`."""

from typing import ClassVar

import numpy as np
from pydantic import Field
from pydantic.dataclasses import dataclass
from sklearn.ensemble import HistGradientBoostingRegressor

from miaudit.arrays import Floats
from miaudit.attacks._gaussian import MIN_WIDTH
from miaudit.attacks.base import STRICT, Needs
from miaudit.evidence import Evidence, Panel
from miaudit.evidence.panel import required
from miaudit.maths.moments import moments_of
from miaudit.maths.threads import single_threaded

SIGNAL = "scaled_logit"
LEAST_SHARE = 0.01  # least width as a share of the mean one, as trees may predict a width of 0 or a negative square

HOLDS = (
    "Queries the target for probabilities, knows the record's label, and holds records of the same distribution that "
    "the target was not trained on"
)


@dataclass(frozen=True, config=STRICT, kw_only=True)
class Quantile:
    """How far the score lies above what is usual for records like it that were not trained on (Bertran et al. 2023).

    A regression on population records, none of them members, predicts centre and width of the target's scaled logit
    given what is known about a record; the score is (phi - centre) / width, the Gaussian form of the paper's quantile.

    The paper regresses on the record itself, which evidence does not hold: here a record is known by its label and by
    what the reference models say about it (mean and deviation of their scaled logits over the out ones), where every
    record has some. So it differs from the paper's attack, which trains no models but the regression.
    """

    paper: ClassVar[str] = "Bertran et al., NeurIPS 2023, arXiv:2307.03694"
    equation: ClassVar[str] = "(phi - q(x)) / s(x), q and s regressed on non-members"
    adversary: ClassVar[str] = f"{HOLDS}; it may train reference models."
    learns: ClassVar[bool] = False

    trees: int = Field(
        default=100, ge=1, le=100_000, description="boosting iterations of each regression, of centre and of width"
    )
    leaf: int = Field(default=20, ge=1, description="fewest population records in a leaf of a tree")

    @property
    def needs(self) -> Needs:
        """Records of the population, which quantiles are learned from."""
        return Needs(population=True)

    @property
    def helped_by(self) -> Needs:
        """Out-references, whose outputs describe the record."""
        return Needs(out_references=1)

    def assumes(self, evidence: Evidence) -> str:
        """What the attacker of these audited records is assumed to know."""
        return f"{HOLDS}; trains reference models." if evidence.audit.has_outsiders else f"{HOLDS}."

    def score(self, evidence: Evidence, rng: np.random.Generator) -> Floats:
        """(n,) deviations from the usual, in widths."""
        population = required(evidence.population)
        panels = (population, evidence.audit)
        with_references = all(panel.has_outsiders for panel in panels)
        known, audited = (_features(panel, with_references) for panel in panels)
        usual, phi = population.target(SIGNAL), evidence.audit.target(SIGNAL)
        seed = int(rng.integers(2**31))
        with single_threaded():
            centre = self._regression(seed).fit(known, usual)
            residuals = usual - centre.predict(known)
            square = self._regression(seed).fit(known, residuals**2)
            width = np.sqrt(np.maximum(square.predict(audited), 0.0))
            least = max(MIN_WIDTH, LEAST_SHARE * float(residuals.std()))
            score: Floats = (phi - centre.predict(audited)) / np.maximum(width, least)
        return score

    def _regression(self, seed: int) -> HistGradientBoostingRegressor:
        return HistGradientBoostingRegressor(
            max_iter=self.trees, min_samples_leaf=self.leaf, early_stopping=False, random_state=seed
        )


def _features(panel: Panel, with_references: bool) -> Floats:
    """(n, 1 or 3) label, and mean and deviation over the references that were not trained on the record."""
    columns: list[Floats] = [panel.labels.astype(np.float64)]
    if with_references:
        count, mean, squares = moments_of(panel.references(SIGNAL), ~panel.in_reference)
        columns += [mean, np.sqrt(squares / count)]
    return np.stack(columns, axis=1)
