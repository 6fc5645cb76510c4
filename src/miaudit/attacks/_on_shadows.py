"""Chooses among ways to score records: the one that tells the members of the shadows best."""

import math
from collections.abc import Callable, Sequence

import numpy as np
from scipy.stats import rankdata

from miaudit.arrays import Floats
from miaudit.attacks._shadows import truth
from miaudit.evidence import Evidence, Panel
from miaudit.evidence.compact import Compact
from miaudit.maths.counts import has_both
from miaudit.maths.draws import draw
from miaudit.maths.ranks import area

Score = Callable[[Panel], Floats]

SHADOWS = 4  # on which is chosen, at most
CELLS = 100_000  # at most so many pairs of model and record of each shadow are used, at random


def best(scores: Sequence[Score], evidence: Evidence) -> int | None:
    """The score with the highest mean AUC over the first SHADOWS usable shadows; the first of several.

    None if no shadow has members, non-members, and for each record a reference model that was not trained on it.
    """
    known = parts(evidence)
    if not known:
        return None
    return max(range(len(scores)), key=lambda s: float(np.mean([_auc(scores[s](part), part) for part in known])))


def parts(evidence: Evidence) -> list[Panel]:
    """Some records of each of the first SHADOWS usable shadows, read once; see `best`."""
    usable = [shadow for shadow in evidence.shadows if shadow.has_outsiders and has_both(truth(shadow))]
    chosen = [_part(shadow) for shadow in usable[:SHADOWS]]
    small = Compact(chosen, most=math.inf)
    return [part.changed(small.view) for part in chosen]


def _part(shadow: Panel) -> Panel:
    """Some records of the shadow; the same ones of shadows that have the same records."""
    return shadow.select(draw(np.random.default_rng(0), len(shadow), CELLS // (1 + shadow.n_references)))


def _auc(scores: Floats, shadow: Panel) -> float:
    """The area under the ROC curve of scores (n,) of a shadow's records."""
    return float(area(rankdata(scores), truth(shadow)))
