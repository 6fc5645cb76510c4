"""The temperature of an attack that compares probabilities: p = softmax(logits / T).

A model that has learned its records by heart gives them probabilities close to 1, which differ little from one another.
A temperature above 1 spreads them, which helps if the references know many of the records, and costs strength if the
probabilities are far from 1 already. So it is chosen on the shadows, where members are known.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Annotated, Literal

import numpy as np
from pydantic import Field
from scipy.stats import rankdata

from miaudit.arrays import Floats
from miaudit.attacks._classifier import draw
from miaudit.attacks._shadows import truth
from miaudit.evidence import Evidence, Outputs, Panel, View
from miaudit.maths.ranks import area

Temperature = Literal["auto"] | Annotated[float, Field(gt=0)]
Score = Callable[[Panel], Floats]

DESCRIPTION = "p = softmax(logits / temperature); auto: the best of 1, 1.5, 2, 3 and 4 on the shadows, 2 without any"
GRID = (1.0, 1.5, 2.0, 3.0, 4.0)
DEFAULT = 2.0
SHADOWS = 4  # on which the temperature is chosen, at most
CELLS = 100_000  # at most so many pairs of model and record of each shadow are used, at random


def temperature_of(wanted: Temperature, evidence: Evidence, score: Score) -> float:
    """The temperature that an attack uses.

    `auto` is the temperature of GRID at which `score` of a tempered panel has the highest mean AUC over the first
    SHADOWS usable shadows; the lowest of several. It is DEFAULT if no shadow has members, non-members, and for each
    record a reference model that was not trained on it.
    """
    if wanted != "auto":
        return wanted
    parts = [_part(shadow) for shadow in evidence.shadows if _teaches(shadow)][:SHADOWS]
    if not parts:
        return DEFAULT
    return max(GRID, key=lambda t: float(np.mean([_auc(score(tempered(part, t)), part) for part in parts])))


def tempered(panel: Panel, temperature: float) -> Panel:
    """The panel with every model's probabilities at this temperature."""
    return panel.changed(lambda view: replace(view, outputs=view.outputs.tempered(temperature)))


def _teaches(shadow: Panel) -> bool:
    member = truth(shadow)
    return shadow.has_outsiders and bool(member.any() and not member.all())


def _part(shadow: Panel) -> Panel:
    """Some records of the shadow, with the outputs of its models on just these, read once."""
    chosen = draw(np.random.default_rng(0), len(shadow), CELLS // (1 + shadow.n_references))
    return replace(shadow.select(chosen), views=()).changed(_read)


def _read(view: View) -> View:
    values = [view.outputs.values[int(model)][view.records] for model in view.models]
    return View.whole(Outputs(view.labels, values, view.outputs.kind, view.outputs.floor, view.outputs.unit))


def _auc(scores: Floats, shadow: Panel) -> float:
    """The area under the ROC curve of scores (n,) of a shadow's records."""
    return float(area(rankdata(scores), truth(shadow)))
