from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

import miaudit
from miaudit.address import Address
from miaudit.errors import UserError
from miaudit.targets.catboost_model import CatboostModel
from miaudit.targets.estimator import Estimator, fitted_columns
from miaudit.targets.search import open_target, target_of
from miaudit.training.estimators import EstimatorRecipe, fresh_clone
from targets.alike import check_scores
from tiny import blobs

catboost = pytest.importorskip("catboost")

DATA = blobs()
QUIET = {"iterations": 3, "depth": 2, "verbose": 0, "allow_writing_files": False, "thread_count": 1}


def fitted(kind: Any, **params: Any) -> Any:
    model = kind(QUIET | params) if kind is catboost.CatBoost else kind(**QUIET, **params)
    return model.fit(DATA.x, DATA.y)


@pytest.mark.parametrize("as_file", [False, True])
def test_it_is_audited_as_the_classifier_with_the_same_trees(as_file: bool, tmp_path: Path) -> None:
    native: Any = fitted(catboost.CatBoost, loss_function="MultiClass")
    if as_file:
        native.save_model(str(tmp_path / "model.cbm"))
        native = open_target(Address.read(str(tmp_path / "model.cbm")))
    check_scores(native, fitted(catboost.CatBoostClassifier), DATA.x, DATA.y)


def test_a_file_tells_the_parameters(tmp_path: Path) -> None:
    fitted(catboost.CatBoostClassifier, l2_leaf_reg=7.0).save_model(str(tmp_path / "model.cbm"))
    guess = open_target(Address.read(str(tmp_path / "model.cbm"))).guess(DATA.x, DATA.y)
    assert guess is not None
    assert isinstance(guess.recipe, EstimatorRecipe)
    params = guess.recipe.description["params"]
    assert (params["l2_leaf_reg"], params["iterations"], params["depth"]) == (7.0, 3, 2)


def test_its_classifiers_are_estimators() -> None:
    assert type(target_of(fitted(catboost.CatBoostClassifier))) is Estimator


def test_a_regression_is_refused() -> None:
    with pytest.raises(UserError, match=r"CatBoostRegressor: expected a classifier's loss, .* got RMSE"):
        target_of(fitted(catboost.CatBoostRegressor))


def test_a_model_that_is_not_fitted_is_refused() -> None:
    with pytest.raises(UserError, match="the CatBoost is not fitted"):
        CatboostModel.of(catboost.CatBoost(QUIET))


def test_a_damaged_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "model.cbm").write_bytes(b"CBM1")
    with pytest.raises(UserError, match=r"cannot open .*model\.cbm: CatBoostError: "):
        open_target(Address.read(str(tmp_path / "model.cbm")))


def test_a_classifier_with_columns_of_text_is_trained_again() -> None:
    frame = pd.DataFrame({"town": ["Linz", "Graz"] * 20, "age": np.arange(40.0)})
    y = np.arange(40) % 2
    model = catboost.CatBoostClassifier(**QUIET, cat_features=["town"]).fit(frame, y)
    found = miaudit.audit(model, (frame[:20], y[:20]), (frame[20:], y[20:]), attacks=["calibrated"], models=4)
    assert found.result.references is not None
    assert fitted_columns(model) == ("town", "age")


def test_one_at_the_end_of_a_pipeline_is_copied_unfitted() -> None:
    """What is fitted takes no other seed."""
    frame, y = pd.DataFrame({"town": ["Linz", "Graz"] * 20}), np.arange(40) % 2
    last = catboost.CatBoostClassifier(**QUIET, cat_features=["town"], random_state=1)
    model = make_pipeline(FunctionTransformer(), last).fit(frame, y)
    made = fresh_clone(EstimatorRecipe.of(model), 7)[-1]
    assert not made.is_fitted()
    assert {"cat_features": ["town"], "random_state": 7}.items() <= made.get_params().items()
