"""Computes what all models of the evidence share: the floor of probabilities and losses, and the unit of scores.

The floor is what a probability of exactly 0 is read as, and one of exactly 1 as that much less.

If a model's probabilities come in steps (k of 100 trees, three digits), 0 means less than a step. Taken literally, it
gives the most extreme log odds that a double can hold, and a few such records dominate every mean and width over
models. So 0 is read as half of the smallest positive probability that any model in the evidence gives, and 1 as that
much below 1. If probabilities are continuous, the floor lies below all of them and changes exact zeros only.

A loss of exactly 0 is read as half of the smallest positive loss, for the same reason.

Scores have a unit of their own. Attacks that fit widths expect numbers of about 1, and no result may depend on whether
a score is given in euros or in cents: so scores are read as distances from the median of the target's scores on the
audited records, in units of their interquartile range. One unit for all models and records changes no order and no
comparison between models.
"""

from collections.abc import Iterable

import numpy as np

from miaudit.evidence.outputs import Outputs
from miaudit.evidence.panel import Panel
from miaudit.model_outputs import SMALLEST, Unit

LARGEST = 0.25  # a much larger floor would reverse the order of classes


def common_floor(tables: Iterable[Outputs]) -> float | None:
    """The floor of all tables together, in (0, 0.25]; None if none of them holds probabilities."""
    found = [_smallest(outputs) for outputs in tables if outputs.kind in ("probs", "loss")]
    return min(max(min(found) / 2, SMALLEST), LARGEST) if found else None


def common_unit(audit: Panel) -> Unit | None:
    """The unit of the scores of all models: median and interquartile range of the target's; None if it gives none."""
    view = audit.target_view
    if view.outputs.kind != "score" or not len(audit):
        return None
    scores = view.outputs.values[int(view.models[0])][view.records, 0].astype(np.float64)
    low, centre, high = np.quantile(scores, (0.25, 0.5, 0.75)).tolist()
    return Unit(centre, (high - low) or float(scores.std()) or 1.0)


def saturated(panel: Panel) -> float:
    """Share of the records on which the panel's target gives its true class a probability of exactly 0 or 1.

    Only probabilities saturate.
    """
    view = panel.target_view
    if view.outputs.kind != "probs" or not len(panel):
        return 0.0
    own = view.outputs.values[int(view.models[0])][view.records, view.labels]
    return float(np.mean((own <= 0) | (own >= 1)))


def _smallest(outputs: Outputs) -> float:
    """The smallest positive probability or loss; 1 if there is none below 1."""
    return min(float(np.min(values, where=values > 0, initial=1.0)) for values in outputs.values)
