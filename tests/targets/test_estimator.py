import warnings
from pathlib import Path
from typing import Any

import numpy as np
import numpy.testing as npt
import pandas as pd
import pyarrow.compute as pc
import pytest
from safetensors.numpy import load_file
from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier, VotingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC
from sklearn.tree import DecisionTreeClassifier

import miaudit
from miaudit.errors import UserError
from miaudit.records.given import Given
from miaudit.records.labels import Classes
from miaudit.records.part import read_part
from miaudit.targets.base import query
from miaudit.targets.estimator import Estimator
from miaudit.training.estimators import EstimatorRecipe
from tiny import blobs

DATA = blobs()
CLASSES = Classes(np.arange(3), DATA.y)
FITTED = LogisticRegression().fit(DATA.x, DATA.y)


def test_its_probabilities_are_kept_as_they_are() -> None:
    said = Estimator(FITTED, 3).outputs(DATA.x)
    assert said.kind == "probs"
    npt.assert_array_equal(said.values, FITTED.predict_proba(DATA.x))


def test_a_class_that_the_estimator_does_not_know_has_no_probability() -> None:
    said = Estimator(FITTED, 5).outputs(DATA.x).values
    assert said.shape == (60, 5)
    npt.assert_array_equal(said[:, 3:], 0)


def test_records_of_any_shape_are_flattened() -> None:
    target = Estimator(FITTED, 3)
    npt.assert_array_equal(target.outputs(DATA.x.reshape(60, 2, 2)).values, target.outputs(DATA.x).values)


def test_labels_outside_the_classes_are_refused() -> None:
    with pytest.raises(UserError, match=r"classes are \[0, 1, 2\]: expected labels among 0\.\.1"):
        Estimator(FITTED, 2).outputs(DATA.x)


def test_records_that_the_estimator_cannot_read_are_told() -> None:
    with pytest.raises(
        UserError,
        match=r"LogisticRegression, given records of shape \(3,\), failed on 60 records: ValueError: X has 3 f",
    ):
        query(Estimator(FITTED, 3), DATA.x[:, :3])


def test_description() -> None:
    assert Estimator(FITTED, 3).description == "LogisticRegression (scikit-learn interface)"


def given() -> Given:
    rows = np.arange(len(DATA))
    return Given(DATA, rows[:30], rows[30:], rows[:0], rows[:0], CLASSES)


def test_columns_in_another_order_than_in_the_fit_are_put_right() -> None:
    table = pd.DataFrame(DATA.x, columns=["age", "pay", "size", "time"])
    target = Estimator.of(LogisticRegression().fit(table, DATA.y))
    part = read_part("members", (table[["time", "age", "size", "pay"]], DATA.y), target.reading)
    npt.assert_array_equal(part.x, DATA.x)
    assert part.left_out == ()


def test_a_file_without_a_column_of_the_fit_is_refused() -> None:
    table = pd.DataFrame(DATA.x, columns=["age", "pay", "size", "time"])
    target = Estimator.of(LogisticRegression().fit(table, DATA.y))
    with pytest.raises(UserError, match=r"members: .* got none called time; there are age, pay, size, hour"):
        read_part("members", (table.rename(columns={"time": "hour"}), DATA.y), target.reading)


def test_members_with_labels_that_the_classifier_does_not_know_are_refused() -> None:
    known = DATA.y < 2
    target = Estimator.of(LogisticRegression().fit(DATA.x[known], DATA.y[known]))
    with pytest.raises(UserError, match=r"not fitted on the labels \[2\] of members"):
        target.check(given())
    rows = np.arange(len(DATA))
    target.check(Given(DATA, rows[known], rows[~known], rows[:0], rows[:0], CLASSES))  # non-members may have them


def test_a_table_of_numbers_needs_no_names_and_warns_of_none() -> None:
    table = pd.DataFrame(DATA.x, columns=[f"f{i}" for i in range(DATA.x.shape[1])])
    target = Estimator.of(LogisticRegression().fit(table, DATA.y))
    assert not target.reading.keeps_table(table)
    npt.assert_array_equal(target.outputs(DATA.x).values, FITTED.predict_proba(DATA.x))


def test_its_own_parameters_are_the_recipe() -> None:
    classifier = GradientBoostingClassifier(n_estimators=3)
    guess = Estimator.of(classifier).guess(DATA.x, DATA.y)
    assert guess is not None
    assert guess.recipe == EstimatorRecipe.of(classifier)
    assert guess.words == "with the classifier's own parameters"


def test_a_boosted_classifier_from_a_file_is_told_by_its_trees(tmp_path: Path) -> None:
    xgboost = pytest.importorskip("xgboost")
    x = np.random.default_rng(0).normal(size=(60, 3))
    fitted = xgboost.XGBClassifier(n_estimators=7, n_jobs=1).fit(x, (x[:, 0] > 0).astype(int))
    fitted.save_model(tmp_path / "model.json")
    loaded = xgboost.XGBClassifier()
    loaded.load_model(tmp_path / "model.json")
    own, told = (Estimator.of(each).guess(x, DATA.y) for each in (fitted, loaded))
    assert own is not None
    assert own.words == "with the classifier's own parameters"
    assert told is not None
    assert "it has 7 boosting rounds, but n_estimators is 100" in told.words


def test_references_give_margins_as_the_classifier_does(tmp_path: Path) -> None:
    fitted = LinearSVC().fit(DATA.x[:30], DATA.y[:30])
    parts = ((DATA.x[:30], DATA.y[:30]), (DATA.x[30:], DATA.y[30:]))
    found = miaudit.audit(fitted, *parts, attacks=["calibrated"], models=4, shadows=2, store=tmp_path, jobs=1)
    assert np.isfinite(found.scores.column("calibrated").to_numpy()).all()
    stored = [set(load_file(path)) for path in tmp_path.rglob("*.safetensors")]
    assert [names for names in stored if "scores" not in names] == [{"logits"}] * 4


def test_labels_alone_are_attacked_by_what_is_right_and_wrong() -> None:
    fitted = VotingClassifier([("tree", DecisionTreeClassifier())]).fit(DATA.x[:30], DATA.y[:30])
    parts = ((DATA.x[:30], DATA.y[:30]), (DATA.x[30:], DATA.y[30:]))
    right = fitted.predict(DATA.x) == DATA.y
    found = miaudit.audit(fitted, *parts, attacks=["gap"]).scores
    for kind, rows in ((True, right[:30]), (False, right[30:])):
        of_kind = found.filter(pc.equal(found.column("member"), kind))
        assert of_kind.column("gap").to_numpy().sum() == rows.sum()
    with pytest.raises(UserError, match="attack calibrated needs to know how sure the target is"):
        miaudit.audit(fitted, *parts, attacks=["calibrated"])


def test_a_classifier_that_cannot_be_cloned_tells_no_recipe() -> None:
    class Own:
        classes_ = np.arange(3)

        def predict_proba(self, x: Any) -> Any:
            return np.full((len(x), 3), 1 / 3)

    assert Estimator.of(Own()).guess(DATA.x, DATA.y) is None


def test_a_forest_that_was_fitted_on_a_table_reads_its_numbers_in_silence() -> None:
    frame = pd.DataFrame(DATA.x, columns=list("abcd"))
    fitted = RandomForestClassifier(2).fit(frame, DATA.y)
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        assert not Estimator.of(fitted).reading.keeps_table(frame)
    assert heard == []
