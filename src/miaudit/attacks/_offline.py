"""Estimates the mean probability of a record's class over models of which half were trained on it, from the other half.

The mean over models that were trained on the record is taken to be p_in = a p_out + (1 - a) (Zarifzadeh et al. 2024,
the offline attack): where the other models fall short of probability 1, these fall short by only a share `a` of that.
The share depends on the kind of model, so it is estimated on the shadows: by least squares, from how far each shadow
and its references fall short on the shadow's own members.
"""

from collections.abc import Callable
from typing import Annotated, Literal, NamedTuple

import numpy as np
from pydantic import Field

from miaudit.arrays import Floats
from miaudit.attacks._mean_probability import base_ratio, log_mean, log_mean_of_all
from miaudit.attacks._on_shadows import Score, best, parts
from miaudit.attacks._shadows import truth
from miaudit.attacks._temperature import DEFAULT, GRID, Temperature, at, tempered
from miaudit.evidence import Evidence, Panel
from miaudit.maths.sums import total
from miaudit.model_outputs import SCALARS

OfflineA = Literal["auto"] | Annotated[float, Field(ge=0, le=1)]

DESCRIPTION = (
    "where no reference was trained on the record, the mean over models that were is estimated as a p_out + (1 - a); "
    "auto: `a` is estimated on the shadows; without shadows it is 0.5, or 1 for models that give a loss only"
)
USUAL = 0.5


class Settled(NamedTuple):
    """What an attack uses where no reference was trained on the records."""

    temperature: float
    a: float


def settled_offline(
    temperature: Temperature, a: OfflineA, evidence: Evidence, score: Callable[[float], Score]
) -> Settled:
    """The temperature and the `a` that an attack uses.

    Args:
        temperature: the one that the user wants; `auto` is the one of GRID at which the score, with the `a` of that
            temperature, tells the members of the shadows best.
        a: the one that the user wants.
        evidence: what both are chosen on.
        score: makes the score of a tempered panel from an `a`.
    """
    known = parts(evidence)
    usual = DEFAULT if temperature == "auto" else temperature
    grid = GRID if temperature == "auto" and known else (usual,)
    choices = [Settled(t, _estimate(known, evidence, t) if a == "auto" else a) for t in grid]
    found = best([at(each.temperature, score(each.a)) for each in choices], evidence) if len(choices) > 1 else None
    return choices[found or 0]


def offline_a(wanted: OfflineA, evidence: Evidence, temperature: float) -> float:
    """The `a` at one temperature."""
    return _estimate(parts(evidence), evidence, temperature) if wanted == "auto" else wanted


def _estimate(known: list[Panel], evidence: Evidence, temperature: float) -> float:
    """The `a` of parts of the shadows."""
    lacks = [_lacks(tempered(part, temperature)) for part in known]
    without, within = np.concatenate([np.zeros((2, 0)), *lacks], axis=1)
    squares = total(without**2)
    if squares == 0:
        return 1.0 if evidence.audit.kind in SCALARS else USUAL  # losses other than cross-entropy may never near 0
    return float(np.clip(total(without * within) / squares, 0.0, 1.0))


def _lacks(shadow: Panel) -> Floats:
    """(2, m) by how much p falls short of 1 for each member: on average over out-references, and for the shadow."""
    log_p = np.stack([log_mean(shadow.references("loss"), ~shadow.in_reference), shadow.target("loss")])
    lacks: Floats = -np.expm1(log_p[:, truth(shadow)])
    return lacks


def log_expected(log_out: Floats, a: float) -> Floats:
    """Log of the mean of p_out and p_in (n,), from log p_out.

    >>> np.exp(log_expected(np.log([0.4, 1.0]), 0.5)).round(6)
    array([0.55, 1.  ])
    """
    return np.log(((1 + a) * np.exp(log_out) + (1 - a)) / 2) if a < 1 else log_out


def corrected_ratio(panel: Panel, a: float) -> Floats:
    """Log p(x | target) - log p(x), (n,): p(x) is the mean over all references where one was trained on the record."""
    if panel.has_insiders:
        return base_ratio(panel)
    mean = log_mean_of_all(panel.references("loss"))
    ratio: Floats = panel.target("loss") - np.where(panel.in_reference.any(axis=0), mean, log_expected(mean, a))
    return ratio
