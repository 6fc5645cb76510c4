"""The search for what stands in for a target of which nobody knows how it was trained."""

from pathlib import Path
from typing import Any

import numpy.testing as npt
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.tree import DecisionTreeClassifier

import miaudit
from miaudit import Audit, Predictions, UserError
from miaudit.arrays import Floats
from miaudit.auditing import from_model
from miaudit.surrogates.candidates import Candidate, candidates
from miaudit.training.estimators import EstimatorRecipe
from tiny import Net, blobs

DATA = blobs(240)
MEMBERS, NONMEMBERS = ((DATA.x[part], DATA.y[part]) for part in (slice(0, 120), slice(120, 240)))
TREE = DecisionTreeClassifier(random_state=0).fit(*MEMBERS)
KINDS = {
    "a linear model": LogisticRegression(),
    "one that fails": LogisticRegression(C=-1.0),
    "a tree": DecisionTreeClassifier(),
    "a shallow tree": DecisionTreeClassifier(max_depth=2),
}


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Four surrogates that take no time."""
    found = tuple(Candidate(words, EstimatorRecipe.of(kind)) for words, kind in KINDS.items())
    monkeypatch.setattr(from_model, "candidates", lambda *_: found)


def hidden(x: Floats) -> Floats:
    """The tree, seen through its probabilities alone."""
    probabilities: Floats = TREE.predict_proba(x)
    return probabilities


def audit(target: Any, store: Path, **more: Any) -> Audit:
    few: dict[str, Any] = {"attacks": ["loss", "attack_r"], "models": 6, "shadows": 2, "jobs": 1}
    return miaudit.audit(target, MEMBERS, NONMEMBERS, store=store, **{**few, **more})


def test_the_most_alike_stands_in(tmp_path: Path) -> None:
    found = audit(hidden, tmp_path)
    references = found.result.references
    assert references is not None
    assert references.surrogate is not None
    assert references.surrogate.chosen == "a tree"
    assert references.surrogate.candidates == 3
    assert (references.recipe, references.given) == ("by a tree", False)
    assert references.surrogate.accuracy_own == 0.0
    assert any("this is the most alike of 3 surrogates" in sentence for sentence in found.result.verdict.sentences)

    known = audit(hidden, tmp_path, recipe=DecisionTreeClassifier())
    npt.assert_array_equal(found.scores["attack_r"].to_numpy(), known.scores["attack_r"].to_numpy())
    assert known.result.references is not None
    assert known.result.references.surrogate is None


def test_what_the_search_trains_is_found_again(tmp_path: Path) -> None:
    first = audit(hidden, tmp_path)
    again = audit(hidden, tmp_path)
    assert first.result.cost.models_trained == 5  # of 6: one was trained in the search
    assert again.result.cost.models_trained == 0


def test_predictions_with_their_records(tmp_path: Path) -> None:
    predictions = Predictions(hidden(MEMBERS[0]), hidden(NONMEMBERS[0]))
    found = audit(predictions, tmp_path)
    assert found.result.references is not None
    alone = miaudit.audit(predictions, MEMBERS[1], NONMEMBERS[1], attacks=["loss"], store=tmp_path, jobs=1)
    assert alone.result.references is None


def test_it_is_asked_for_and_declined(tmp_path: Path) -> None:
    never = audit(hidden, tmp_path, surrogates="never", attacks=["loss"])
    assert never.result.references is None
    always = audit(LogisticRegression(C=0.01).fit(*MEMBERS), tmp_path, surrogates="always")
    assert always.result.references is not None
    assert always.result.references.recipe == "by a linear model"
    with pytest.raises(UserError, match='expected "auto", "always" or "never" as surrogates, got'):
        audit(hidden, tmp_path, surrogates="sometimes")


def test_the_target_is_asked_once(tmp_path: Path) -> None:
    asked: list[int] = []

    def counts(x: Floats) -> Floats:
        asked.append(len(x))
        return hidden(x)

    audit(counts, tmp_path)
    assert asked.count(240) == 1


def test_early_results_and_a_budget(tmp_path: Path) -> None:
    early: list[Audit] = []
    found = audit(hidden, tmp_path, anytime=early.append, budget="1h")
    assert len(early) == 1
    assert found.result.references is not None
    assert found.result.references.surrogate is not None


def test_a_module_of_unknown_training(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(from_model, "candidates", lambda x, own: candidates(x, own)[:2])
    found = audit(Net(4, 3), tmp_path, surrogates="always")
    assert found.result.references is not None
    assert found.result.references.recipe.startswith("by its own architecture, 5 epochs of")


def test_nothing_that_can_be_trained_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = (Candidate("one that fails", EstimatorRecipe.of(KINDS["one that fails"])),)
    monkeypatch.setattr(from_model, "candidates", lambda *_: wrong)
    with pytest.raises(UserError, match=r"no surrogate can be trained \(.*\); give `recipe` or `fit`"):
        audit(hidden, tmp_path)
