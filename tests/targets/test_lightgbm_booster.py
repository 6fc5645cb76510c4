from pathlib import Path
from typing import Any

import numpy as np
import numpy.testing as npt
import pandas as pd
import pytest

from miaudit.address import Address
from miaudit.errors import UserError
from miaudit.records.given import read_given
from miaudit.targets.base import query
from miaudit.targets.lightgbm_booster import LightgbmBooster
from miaudit.targets.search import open_target, target_of
from targets.alike import check_scores
from tiny import blobs

lightgbm = pytest.importorskip("lightgbm")

DATA = blobs()
TWO = blobs(classes=2)
QUIET = {"verbosity": -1, "num_threads": 1, "min_data_in_leaf": 5}


def booster(objective: str, data: Any = DATA, **params: Any) -> Any:
    classes = {"num_class": 3} if objective.startswith("multi") else {}
    chosen = {"objective": objective, **QUIET, **classes, **params}
    return lightgbm.train(chosen, lightgbm.Dataset(data.x, label=data.y), 3)


@pytest.mark.parametrize("as_file", [False, True])
@pytest.mark.parametrize("data", [DATA, TWO], ids=["three classes", "two classes"])
def test_it_is_audited_as_the_classifier_around_it(data: Any, as_file: bool, tmp_path: Path) -> None:
    classifier = lightgbm.LGBMClassifier(n_estimators=3, n_jobs=1, min_child_samples=5, verbosity=-1)
    native = classifier.fit(data.x, data.y).booster_
    if as_file:
        native.save_model(tmp_path / "model.txt")
        native = open_target(Address.read(str(tmp_path / "model.txt")))
    check_scores(native, classifier, data.x, data.y)


def test_one_class_against_all_others_gives_margins() -> None:
    native = booster("multiclassova")
    target = target_of(native)
    assert target.description == "lightgbm Booster (multiclassova, 3 rounds), which gives margins"
    npt.assert_array_equal(query(target, DATA.x).values, native.predict(DATA.x, raw_score=True))


def test_names_of_parameters_are_lightgbms_own_whatever_the_user_wrote() -> None:
    told = booster("softmax", application="softmax", num_classes=3, shrinkage_rate=0.5)
    guess = target_of(told).guess(DATA.x, DATA.y)
    assert guess is not None
    assert guess.words == "with the booster's own parameters and its 3 rounds"
    params = guess.recipe.description["params"]
    assert (params["objective"], params["num_class"], params["learning_rate"]) == ("multiclass", 3, 0.5)


def test_a_file_tells_the_parameters(tmp_path: Path) -> None:
    native = booster("binary", TWO, max_depth=2, lambda_l2=3.0)
    native.save_model(tmp_path / "model.txt")
    target = open_target(Address.read(str(tmp_path / "model.txt")))
    assert target.guess(TWO.x, TWO.y) == target_of(native).guess(TWO.x, TWO.y)


def test_only_the_best_rounds_of_a_booster_that_stopped_early_are_counted() -> None:
    native = booster("binary", TWO)
    native.best_iteration = 2
    target = target_of(native)
    assert "2 rounds" in target.description
    npt.assert_array_equal(query(target, TWO.x).values[:, 1], native.predict(TWO.x, num_iteration=2))


def test_a_regression_is_refused() -> None:
    with pytest.raises(
        UserError, match=r"LightGBM Booster: expected the objective of a classifier .*, got 'regression'"
    ):
        target_of(booster("regression"))


def test_the_columns_of_the_training_are_known_unless_they_are_only_numbered() -> None:
    for names, known in (("auto", ()), (list("abcd"), tuple("abcd"))):
        native = lightgbm.train(QUIET | {"objective": "binary"}, lightgbm.Dataset(TWO.x, TWO.y, feature_name=names), 1)
        assert target_of(native).reading.columns == known


def test_other_texts_are_not_its_own(tmp_path: Path) -> None:
    (tmp_path / "p.txt").write_text("label member p0 p1\n")
    assert not LightgbmBooster.opens(Address.read(str(tmp_path / "p.txt")))


def test_a_damaged_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "model.txt").write_text("tree\nversion=v4\n")
    with pytest.raises(UserError, match=r"cannot open .*model\.txt: LightGBMError: "):
        open_target(Address.read(str(tmp_path / "model.txt")))


def test_text_and_further_columns_of_a_file_are_read_as_in_training(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    town, age = rng.choice(["Linz", "Graz", "Wien"], 80), rng.normal(size=80)
    frame = pd.DataFrame({"town": pd.Categorical(town), "age": age})
    y = ((town == "Wien") ^ (age > 0)).astype(int)
    native = lightgbm.train({"objective": "binary", **QUIET}, lightgbm.Dataset(frame, label=y), 3)
    native.save_model(tmp_path / "model.txt")
    target = open_target(Address.read(str(tmp_path / "model.txt")))
    text = pd.DataFrame({"id": range(80), "age": age, "town": town})
    given = read_given((text[:40], y[:40]), (text[40:], y[40:]), None, reading=target.reading, seed=0)
    found = query(target, given.data.x).values[np.concatenate([given.members, given.nonmembers]), 1]
    npt.assert_allclose(found, native.predict(frame), rtol=1e-12)
    assert given.left_out == ("id",)
