"""The audit's checks of itself, from end to end."""

from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.tree import DecisionTreeClassifier

import miaudit
from miaudit.arrays import Floats, Ints


class Loaded(DecisionTreeClassifier):  # type: ignore[misc]
    """A tree by its parameters, which references are trained with; once loaded, it answers by what it was given."""

    def load(self, model: LogisticRegression, x: Floats, y: Ints) -> "Loaded":
        self.fit(x, y)
        self.loaded_ = model
        return self

    def predict_proba(self, x: Floats, check_input: bool = True) -> Floats:
        if hasattr(self, "loaded_"):
            told: Floats = self.loaded_.predict_proba(x)
            return told
        own: Floats = super().predict_proba(x, check_input)
        return own


def records(rng: np.random.Generator, n: int, flipped: float) -> tuple[Floats, Ints]:
    """Records of 15 columns; the label is the sign of their sum, or its opposite in a share of them."""
    x = rng.normal(size=(n, 15))
    return x, ((x.sum(axis=1) > 0) ^ (rng.random(n) < flipped)).astype(np.int64)


def test_references_that_memorise_are_no_proof_that_the_target_does(tmp_path: Path) -> None:
    """The target has seen none of the records, but non-members have odd labels, and the references are trees."""
    rng = np.random.default_rng(0)
    seen, members, nonmembers = (records(rng, 1000, flipped) for flipped in (0.0, 0.0, 0.4))
    target = Loaded(min_samples_leaf=3).load(LogisticRegression().fit(*seen), *seen)
    names = ["base_ratio", "loss"]
    found = miaudit.audit(
        target, members, nonmembers, attacks=names, models=8, shadows=2, jobs=1, store=tmp_path
    ).result
    assert found.controls.likeness is not None
    assert found.controls.likeness.state == "unlike"
    assert found.controls.sides_differ
    assert max(beside.auc.low or 0.0 for beside in found.controls.beyond.values()) > 0.03  # the blind baseline is weak
    assert found.verdict.level == "distribution_shift"
    assert "one that is shown to resemble the target" in " ".join(found.verdict.sentences)
