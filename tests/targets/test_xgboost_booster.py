from pathlib import Path
from typing import Any

import numpy as np
import numpy.testing as npt
import pandas as pd
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier

from miaudit.address import Address
from miaudit.errors import UserError
from miaudit.records.part import read_part
from miaudit.targets.base import query
from miaudit.targets.search import open_target, target_of
from miaudit.targets.xgboost_booster import XgboostBooster
from miaudit.training.xgboost_recipe import XgboostRecipe
from targets.alike import check_scores
from tiny import blobs

xgboost = pytest.importorskip("xgboost")

DATA = blobs()
TWO = blobs(classes=2)
ROWS = np.arange(60)


def booster(objective: str = "multi:softprob", data: Any = DATA, **params: Any) -> Any:
    classes = {"num_class": 3} if objective.startswith("multi") else {}
    chosen = {"objective": objective, "nthread": 1, "verbosity": 0, **classes, **params}
    return xgboost.train(chosen, xgboost.DMatrix(data.x, label=data.y), 3)


@pytest.mark.parametrize("suffix", ["", ".ubj", ".json"])
def test_it_is_audited_as_the_classifier_around_it(suffix: str, tmp_path: Path) -> None:
    classifier = xgboost.XGBClassifier(n_estimators=3, n_jobs=1).fit(DATA.x, DATA.y)
    native = classifier.get_booster()
    if suffix:
        native.save_model(tmp_path / f"model{suffix}")
        native = open_target(Address.read(str(tmp_path / f"model{suffix}")))
    check_scores(native, classifier, DATA.x, DATA.y)


@pytest.mark.parametrize(
    ("objective", "words", "labels_only"),
    [
        ("binary:logistic", "the probability of class 1", False),
        ("binary:logitraw", "the logit of class 1", False),
        ("binary:hinge", "labels", True),
    ],
)
def test_the_objective_tells_what_it_gives(objective: str, words: str, labels_only: bool) -> None:
    native = booster(objective, TWO)
    target = target_of(native)
    own = native.predict(xgboost.DMatrix(TWO.x))
    assert target.description == f"xgboost Booster ({objective}, 3 rounds), which gives {words}"
    assert target.labels_only == labels_only
    npt.assert_array_equal(query(target, TWO.x).values[:, 1], own)


def test_labels_of_many_classes_become_rows_with_a_single_one() -> None:
    native = booster("multi:softmax")
    own = native.predict(xgboost.DMatrix(DATA.x)).astype(int)
    npt.assert_array_equal(query(target_of(native), DATA.x).values, np.eye(3)[own])
    assert target_of(native).count_classes(DATA) == 3


def test_a_regression_is_refused() -> None:
    with pytest.raises(UserError, match=r"expected the objective of a classifier \(.*\), got 'reg:squarederror'; if"):
        target_of(booster("reg:squarederror"))


def test_more_labels_than_classes_are_refused() -> None:
    with pytest.raises(UserError, match=r"expected labels 0\.\.1, as the target knows 2 classes; got 2"):
        target_of(booster("binary:logistic", TWO)).count_classes(DATA)


def test_columns_in_another_order_than_in_training_are_put_right() -> None:
    native = booster()
    native.feature_names = ["a", "b", "c", "d"]
    target = target_of(native)
    table = pd.DataFrame(DATA.x, columns=native.feature_names)
    part = read_part("members", (table[["b", "d", "a", "c"]], DATA.y), target.reading)
    npt.assert_array_equal(query(target, part.x).values, query(target, DATA.x).values)


def test_references_have_the_boosters_own_parameters() -> None:
    guess = target_of(booster(max_depth=2, eta=0.5)).guess(DATA.x, DATA.y)
    assert guess is not None
    assert guess.words == "with the booster's own parameters and its 3 rounds"
    assert isinstance(guess.recipe, XgboostRecipe)
    assert (guess.recipe.rounds, guess.recipe.depth, guess.recipe.settings["eta"]) == (3, 2, "0.5")


@pytest.mark.parametrize(
    ("params", "words"),
    [
        (
            {"max_depth": 2},
            "default parameters, for 3 rounds and with trees of up to 2 levels, as it has them",
        ),
        ({"booster": "gblinear"}, "default parameters, for 3 rounds, since a linear booster"),
    ],
)
def test_a_file_holds_no_parameters_but_what_the_trees_show(params: Any, words: str, tmp_path: Path) -> None:
    booster(**params).save_model(tmp_path / "model.ubj")
    target = XgboostBooster.open(Address.read(str(tmp_path / "model.ubj")))
    guess = target.guess(DATA.x, DATA.y)
    assert isinstance(guess.recipe, XgboostRecipe)
    assert words in guess.words
    assert guess.recipe.depth == params.get("max_depth")


def test_a_booster_that_was_loaded_before_is_told_by_trees_that_are_too_deep() -> None:
    native = booster(max_depth=9, min_child_weight=0)
    loaded = xgboost.Booster()
    loaded.load_model(native.save_raw("json"))
    guess = XgboostBooster.of(loaded).guess(DATA.x, DATA.y)
    deepest = max(line.count("\t") for tree in native.get_dump() for line in tree.splitlines())
    assert (deepest > 6) == ("default parameters" in guess.words)


def test_a_damaged_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "model.ubj").write_bytes(b"{L\x00\x00")
    with pytest.raises(UserError, match=r"cannot open .*model\.ubj: XGBoostError: "):
        open_target(Address.read(str(tmp_path / "model.ubj")))


def test_other_files_with_the_suffix_are_not_its_own(tmp_path: Path) -> None:
    (tmp_path / "p.json").write_text('{"label": [0, 1]}')
    assert not XgboostBooster.opens(Address.read(str(tmp_path / "p.json")))
    assert not XgboostBooster.opens(Address.read(str(tmp_path / "absent.ubj")))
    assert not XgboostBooster.accepts(HistGradientBoostingClassifier())
