import sys
from typing import Any

import pytest
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVC

from miaudit.errors import UserError
from miaudit.fingerprint import fingerprint
from miaudit.training.estimators import EstimatorRecipe
from miaudit.training.named_estimators import LIBRARIES, recipe_named

FOREST = "sklearn.ensemble.RandomForestClassifier"
SCALED: dict[str, Any] = {
    "steps": [
        ["scale", {"estimator": "sklearn.preprocessing.StandardScaler"}],
        ["fit", {"estimator": "sklearn.linear_model.LogisticRegression", "C": 2.0, "class_weight": {0: 1.0, 1: 3.0}}],
    ]
}


def test_a_named_classifier_is_the_object_that_python_would_make() -> None:
    named = recipe_named(FOREST, {"n_estimators": 7, "max_depth": None})
    assert fingerprint(named) == fingerprint(EstimatorRecipe.of(RandomForestClassifier(n_estimators=7)))
    assert named.title == "RandomForestClassifier"


def test_mappings_with_an_estimator_stand_for_objects_and_others_for_themselves() -> None:
    fit = LogisticRegression(C=2.0, class_weight={0: 1.0, 1: 3.0})
    made = Pipeline([["scale", StandardScaler()], ["fit", fit]])
    assert fingerprint(recipe_named("sklearn.pipeline.Pipeline", SCALED)) == fingerprint(EstimatorRecipe.of(made))
    inner = {"estimator": {"estimator": "sklearn.svm.LinearSVC", "C": 0.5}, "cv": 3}
    calibrated = CalibratedClassifierCV(LinearSVC(C=0.5), cv=3)
    found = recipe_named("sklearn.calibration.CalibratedClassifierCV", inner)
    assert fingerprint(found) == fingerprint(EstimatorRecipe.of(calibrated))


@pytest.mark.parametrize(
    ("name", "params", "message"),
    [
        ("RandomForestClassifier", {}, r"expected a class of sklearn, xgboost, .* got 'RandomForestClassifier'"),
        ("os.system", {}, "expected a class of sklearn"),
        ("subprocess.Popen", {"args": "ls"}, "expected a class of sklearn"),
        ("sklearn._config.set_config", {}, "expected a class of sklearn"),
        ("sklearn..ensemble.X", {}, "expected a class of sklearn"),
        ("sklearn.ensemble.RandomForest", {}, "has no class RandomForest .* did you mean 'RandomForest"),
        ("sklearn.utils.Bunch", {}, "has no class Bunch that can be fitted"),  # there, but nothing to fit
        ("sklearn.forests.Forest", {}, "there is no module sklearn.forests"),
        ("sklearn.calibration.np", {}, "has no class np"),  # what a module has imported
        (FOREST, {"n_estimator": 3}, "no parameter 'n_estimator': did you mean 'n_estimators'"),
        ("xgboost.XGBClassifier", {"n_estimator": 3}, "no parameter 'n_estimator': did you mean 'n_estimators'"),
        ("lightgbm.LGBMClassifier", {"num_leafs": 3}, "no parameter 'num_leafs': did you mean 'num_leaves'"),
        ("sklearn.svm.LinearSVR", {}, "a LinearSVR cannot be audited: expected a classifier with .*predict_proba"),
        ("sklearn.pipeline.Pipeline", {}, "estimator sklearn.pipeline.Pipeline: TypeError"),
        ("sklearn.pipeline.Pipeline", {"steps": [["a", {"estimator": "os.system"}]]}, "got 'os.system'"),
        ("sklearn.pipeline.Pipeline", {"steps": [["a", {"estimator": 3}]]}, "got 3"),
        ("sklearn.pipeline.Pipeline", {**SCALED, "memory": "cache"}, "parameter 'memory' is not allowed: .* unpickled"),
    ],
)
def test_nothing_else_is_built(name: str, params: dict[str, Any], message: str) -> None:
    if name.partition(".")[0] in ("xgboost", "lightgbm"):
        pytest.importorskip(name.partition(".")[0])
    with pytest.raises(UserError, match=message):
        recipe_named(name, params)


def test_a_library_that_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "catboost", None)
    with pytest.raises(UserError, match=r"estimator catboost\.CatBoostClassifier: catboost is not installed"):
        recipe_named("catboost.CatBoostClassifier", {})
    assert "catboost" in LIBRARIES


def test_objects_within_objects_end_somewhere() -> None:
    inner: Any = {"estimator": FOREST}
    for _ in range(30):
        inner = {"estimator": "sklearn.pipeline.Pipeline", "steps": [["a", inner]]}
    with pytest.raises(UserError, match="more than 20 levels"):
        recipe_named("sklearn.pipeline.Pipeline", {"steps": [["a", inner]]})
