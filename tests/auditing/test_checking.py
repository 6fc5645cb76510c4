"""The audit's checks of itself, from end to end."""

from pathlib import Path
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.tree import DecisionTreeClassifier

import miaudit
from miaudit.arrays import Floats, Ints
from miaudit.training.estimators import EstimatorRecipe


def records(rng: np.random.Generator, n: int, flipped: float) -> tuple[Floats, Ints]:
    """Records of 15 columns; the label is the sign of their sum, or its opposite in a share of them."""
    x = rng.normal(size=(n, 15))
    return x, ((x.sum(axis=1) > 0) ^ (rng.random(n) < flipped)).astype(np.int64)


def test_references_that_memorise_are_no_proof_that_the_target_does(tmp_path: Path) -> None:
    """The target has seen none of the records, but non-members have odd labels, and the references are trees."""
    rng = np.random.default_rng(0)
    seen, members, nonmembers = (records(rng, 1000, flipped) for flipped in (0.0, 0.0, 0.4))
    recipe: Any = EstimatorRecipe.of(DecisionTreeClassifier(min_samples_leaf=3).fit(*members))
    target = LogisticRegression().fit(*seen)
    names = ["base_ratio", "loss"]
    found = miaudit.audit(
        target, members, nonmembers, recipe=recipe, attacks=names, models=8, shadows=2, jobs=1, store=tmp_path
    ).result
    assert found.controls.likeness is not None
    assert found.controls.likeness.state == "unlike"
    assert found.controls.sides_differ
    assert max(beside.auc.low or 0.0 for beside in found.controls.beyond.values()) > 0.03  # the blind baseline is weak
    assert found.verdict.level == "distribution_shift"
    assert "no model is at hand that is shown to resemble the target" in " ".join(found.verdict.sentences)
