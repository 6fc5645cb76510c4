"""Computes what figures draw: curves, histograms and densities, each of bounded size."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from miaudit.arrays import Bools, Floats
from miaudit.auditing.run import Finished
from miaudit.auditing.scoring import reference_loss
from miaudit.errors import UserError
from miaudit.experiments.spec import SeriesKind
from miaudit.metrics.hardness import difficulty, tpr_by_hardness
from miaudit.metrics.precision_recall import pr_curve
from miaudit.metrics.quantity import Quantity
from miaudit.metrics.roc import auc, roc

POINTS = 61  # number of points of a curve
LOWEST_FPR = 1e-5
BINS = 40
CLASSES = 10  # most classes that are shown
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
DENSITY = ("grid", "density_members", "density_nonmembers", "kl_divergence")


def series_of(finished: Finished, wanted: Sequence[SeriesKind]) -> dict[str, Any]:
    """The series of these names, each a mapping from the attack to what is shown.

    Raises:
        UserError: the audit has no references, and difficulty or hardness was asked for.
    """
    return {name: {attack: DRAWN[name](finished, attack) for attack in finished.judged} for name in wanted}


def _roc(finished: Finished, attack: str) -> dict[str, Any]:
    """The true positive rate at false positive rates from 1e-5 to 1, evenly spaced in their logarithm.

    Rates below one non-member are left out: there are too few records to measure them.
    """
    scores, member = _scored(finished, attack)
    curve = roc(scores, member)
    lowest = max(LOWEST_FPR, 1.0 / np.sum(~member))
    fpr = np.logspace(np.log10(lowest), 0, POINTS)
    at = np.searchsorted(curve.fpr, fpr + 1e-12, side="right") - 1
    return {"fpr": _listed(fpr, 8), "tpr": _listed(curve.tpr[at])}


def _precision_recall(finished: Finished, attack: str) -> dict[str, Any]:
    """The precision at recalls from 0.01 to 1."""
    curve = pr_curve(*_scored(finished, attack))
    recall = np.linspace(0.01, 1, POINTS)
    at = np.minimum(np.searchsorted(curve.recall, recall - 1e-12), len(curve.recall) - 1)
    return {"recall": _listed(recall), "precision": _listed(curve.precision[at])}


def _hardness(finished: Finished, attack: str) -> dict[str, Any]:
    """The true positive rate at 1 % false positives of easy and of hard records (LDC-MIA 4.2.4)."""
    scores, member = _scored(finished, attack)
    by = tpr_by_hardness(scores, member, _reference_loss(finished), finished.gathered.evidence.audit.n_classes)
    return {"easy": _quantity(by.easy), "hard": _quantity(by.hard), "easy_above": by.threshold}


def _difficulty(finished: Finished, attack: str) -> dict[str, Any]:
    """Histogram of the loss on the references, of members that the attack finds and of the others (HP-MIA 5.2)."""
    cut, member = finished.judged[attack].cut, finished.gathered.truth
    scores, labels = finished.judged[attack].scores, finished.gathered.evidence.audit.labels
    called = np.zeros_like(member) if cut is None else cut.above(scores, labels)
    gap = difficulty(member, called, -_reference_loss(finished))
    highest = float(np.max(np.concatenate([gap.exposed, gap.hidden])))
    edges = np.linspace(0, max(highest, 1e-9), BINS + 1)
    return {
        "edges": _listed(edges),
        "exposed": np.histogram(gap.exposed, edges)[0].tolist(),
        "hidden": np.histogram(gap.hidden, edges)[0].tolist(),
        "mean_exposed": _quantity(gap.mean_exposed),
        "mean_hidden": _quantity(gap.mean_hidden),
        "exposed_harder": _quantity(gap.harder),
    }


def _scores_by_class(finished: Finished, attack: str) -> dict[str, Any]:
    """Quantiles of the scores of members and of non-members in each of the first classes (LDC-MIA Figure 5)."""
    scores, member = _scored(finished, attack)
    labels = finished.gathered.evidence.audit.labels
    found = {}
    for label in range(min(CLASSES, finished.gathered.evidence.audit.n_classes)):
        inside, outside = scores[(labels == label) & member], scores[(labels == label) & ~member]
        if len(inside) and len(outside):
            both = np.concatenate([inside, outside])
            truth = np.arange(len(both)) < len(inside)
            found[str(label)] = {
                "members": _listed(np.quantile(inside, QUANTILES)),
                "nonmembers": _listed(np.quantile(outside, QUANTILES)),
                "auc": _quantity(auc(both, truth)),
            }
    return found


def _densities(finished: Finished, attack: str) -> dict[str, Any]:
    """The densities that a density attack learned; empty for other attacks."""
    learned = finished.judged[attack].learned
    return {
        name: learned[name] if isinstance(learned[name], float) else _listed(np.asarray(learned[name]))
        for name in DENSITY
        if name in learned
    }


DRAWN: dict[SeriesKind, Callable[[Finished, str], dict[str, Any]]] = {
    "roc": _roc,
    "precision_recall": _precision_recall,
    "hardness": _hardness,
    "difficulty": _difficulty,
    "scores_by_class": _scores_by_class,
    "densities": _densities,
}


def _scored(finished: Finished, attack: str) -> tuple[Floats, Bools]:
    return finished.judged[attack].scores, finished.gathered.truth


def _reference_loss(finished: Finished) -> Floats:
    found = reference_loss(finished.gathered.evidence.audit)
    if found is None:
        raise UserError("hardness needs a reference model that was trained without each record: give the split some")
    return found


def _listed(values: Floats, digits: int = 5) -> list[float]:
    return [round(float(value), digits) for value in values]


def _quantity(quantity: Quantity) -> list[float | None]:
    return [None if end is None else round(end, 5) for end in (quantity.value, quantity.low, quantity.high)]
