"""Attack `quantile`."""

from typing import ClassVar

import numpy as np
from pydantic import Field
from pydantic.dataclasses import dataclass
from sklearn.ensemble import HistGradientBoostingRegressor
from threadpoolctl import threadpool_limits

from miaudit.arrays import Floats
from miaudit.attacks._shadows import required
from miaudit.attacks.base import STRICT, Needs
from miaudit.evidence import Evidence, Panel

SIGNAL = "scaled_logit"
MIN_WIDTH = 1e-3


@dataclass(frozen=True, config=STRICT, kw_only=True)
class Quantile:
    """How far the score lies above what is usual for records like it that were not trained on (Bertran et al. 2023).

    A regression on population records, none of them members, tells centre and width of the target's scaled logit given
    what is known of a record; the score is (phi - centre) / width, the Gaussian form of the paper's quantile.

    The paper regresses on the record itself, which evidence does not hold: here a record is known by its label and by
    what the reference models say of it (mean and deviation of their scaled logits over the out ones), where there are
    any. So it differs from the paper's attack, which trains no models but the regression.
    """

    paper: ClassVar[str] = "Bertran et al., NeurIPS 2023, arXiv:2307.03694"
    equation: ClassVar[str] = "(phi - q(x)) / s(x), q and s regressed on non-members"
    adversary: ClassVar[str] = (
        "queries the target for probabilities of the audited records and of population records that it was not trained "
        "on; trains a regression, and may have reference models"
    )
    learns: ClassVar[bool] = False

    iterations: int = Field(100, ge=1, description="trees of each regression")
    leaf: int = Field(20, ge=1, description="fewest population records in a leaf")

    @property
    def needs(self) -> Needs:
        """Population records."""
        return Needs(population=True)

    def score(self, evidence: Evidence, rng: np.random.Generator) -> Floats:
        """(n,) deviations from the usual, in widths."""
        population = required(evidence.population)
        known, phi = _features(population), population.target(SIGNAL)
        audited = _features(evidence.audit)
        seed = int(rng.integers(2**31))
        with threadpool_limits(1):  # the same bits whatever the machine's cores
            centre = self._regression(seed).fit(known, phi)
            residuals = phi - centre.predict(known)
            width = self._regression(seed).fit(known, residuals**2)
            scale = np.sqrt(np.maximum(width.predict(audited), 0.0))
            score = (evidence.audit.target(SIGNAL) - centre.predict(audited)) / np.maximum(
                scale, max(MIN_WIDTH, float(residuals.std()) / 100)
            )
        deviations: Floats = score
        return deviations

    def _regression(self, seed: int) -> HistGradientBoostingRegressor:
        return HistGradientBoostingRegressor(
            max_iter=self.iterations, min_samples_leaf=self.leaf, early_stopping=False, random_state=seed
        )


def _features(panel: Panel) -> Floats:
    """(n, 1 or 3) label, and mean and deviation over the references that were not trained on the record."""
    columns = [panel.labels.astype(np.float64)]
    if panel.n_references:
        values, outside = panel.references(SIGNAL), ~panel.in_reference
        count = np.maximum(outside.sum(axis=0), 1)
        mean = np.einsum("rn,rn->n", values, outside) / count
        squares = np.einsum("rn,rn->n", np.where(outside, values - mean, 0.0) ** 2, outside)
        columns += [mean, np.sqrt(squares / count)]
    return np.stack(columns, axis=1)
