"""How exposed a record would be as a record of other models: each model of the pool in turn is the target."""

from typing import NamedTuple

import numpy as np

from miaudit.arrays import Bools, Floats, Ints
from miaudit.evidence import Panel
from miaudit.maths.moments import mean_of
from miaudit.metrics.fixed_rate import ROUNDING
from miaudit.metrics.roc import needed_nonmembers

FPR = 0.01  # of each model's cut


class OverModels(NamedTuple):
    """Counts of models, (n,) each."""

    trained: Ints  # on the record
    found: Ints  # of these, how many would give it away
    others: Ints  # not trained on it
    accused: Ints  # of these, how many would seem to have been trained on it
    fit_trained: Floats  # mean signal of the models that were trained on it; NaN where there are none
    fit_others: Floats  # mean signal of the others


def over_models(panel: Panel) -> OverModels | None:
    """Take each reference model of a panel as the target, and the others that did not see a record as its references.

    A record is found if its calibrated signal, the target's minus the mean of its references', exceeds a cut. At most
    1 % of the records that the target was not trained on exceed it. None if there are too few models, if they were
    trained on no record or on all, or if too few records are left for such a cut.
    """
    inside = panel.in_reference
    if panel.n_references < 2 or not _suffices(inside):
        return None
    fit = panel.references("loss")
    calibrated = _calibrated(fit, ~inside)
    found = calibrated > np.array([_cut(calibrated[m], ~inside[m]) for m in range(len(fit))])[:, None]
    return OverModels(
        trained=inside.sum(axis=0),
        found=(found & inside).sum(axis=0),
        others=(~inside).sum(axis=0),
        accused=(found & ~inside).sum(axis=0),
        fit_trained=_mean(fit, inside),
        fit_others=_mean(fit, ~inside),
    )


def _suffices(inside: Bools) -> bool:
    """Does each model leave out enough records, and is each record left out by two models?"""
    others = ~inside
    return bool(inside.any() and others.sum(axis=1).min() >= needed_nonmembers(FPR) and others.sum(axis=0).min() >= 2)


def _calibrated(fit: Floats, out: Bools) -> Floats:
    """(R, n) each model's signal minus the mean of the other models that did not see the record."""
    total, number = (fit * out).sum(axis=0), out.sum(axis=0)
    calibrated: Floats = fit - (total - fit * out) / (number - out)
    return calibrated


def _cut(calibrated: Floats, out: Bools) -> float:
    """The value that at most 1 % of the records (n,) outside a model's training exceed."""
    falling = np.sort(calibrated[out])[::-1]
    return float(falling[int(FPR * len(falling) + ROUNDING)])


def _mean(fit: Floats, chosen: Bools) -> Floats:
    mean = np.full(fit.shape[1], np.nan)
    has = chosen.any(axis=0)
    mean[has] = mean_of(fit[:, has], chosen[:, has])
    return mean
