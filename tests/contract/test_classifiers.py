"""Every classifier of scikit-learn that can be fitted is a target, and says there what it says itself."""

import inspect
from typing import Any

import numpy as np
import numpy.testing as npt
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.utils import all_estimators

from miaudit.targets.base import query
from miaudit.targets.search import target_of
from miaudit.training.asking import kind_of, way_of
from tiny import blobs

DATA = blobs()
X = np.abs(DATA.x)  # some learn from counts only
NEEDED = {"estimator": LogisticRegression(), "estimators": [("bayes", GaussianNB()), ("linear", LogisticRegression())]}
SMALLER = {"max_iter": 30, "n_estimators": 5}
UNUSUAL = {
    "ClassifierChain": "several labels a record",
    "FixedThresholdClassifier": "two classes alone",
    "TunedThresholdClassifierCV": "two classes alone",
    "MultiOutputClassifier": "several labels a record",
    "NuSVC": "its nu does not suit these classes",
    "RadiusNeighborsClassifier": "records without neighbours",
}
CLASSIFIERS = {name: kind for name, kind in all_estimators(type_filter="classifier") if name not in UNUSUAL}


def unfitted(name: str) -> Any:
    known = inspect.signature(CLASSIFIERS[name]).parameters
    lacking = (inspect.Parameter.empty, None)
    needed = {key: value for key, value in NEEDED.items() if key in known and known[key].default in lacking}
    return CLASSIFIERS[name](**needed, **{key: value for key, value in SMALLER.items() if key in known})


@pytest.mark.parametrize("name", CLASSIFIERS)
@pytest.mark.filterwarnings("ignore")  # about classifiers that are unsuited to such data, or too few steps
def test_a_target_says_what_the_classifier_says(name: str) -> None:
    classifier = unfitted(name).fit(X, DATA.y)
    way = way_of(classifier)
    assert way is not None
    said = query(target_of(classifier).with_classes(3), X)
    own = getattr(classifier, way)(X)
    assert said.kind == kind_of(way)
    npt.assert_array_equal(said.values, np.eye(3)[own] if way == "predict" else own)


@pytest.mark.filterwarnings("ignore::FutureWarning")  # of classes that will be removed
def test_there_are_classifiers_of_every_way() -> None:
    tell = [name for name in CLASSIFIERS if name != "StackingClassifier"]  # it cannot tell before it is fitted
    assert {way_of(unfitted(name)) for name in tell} == {"predict_proba", "decision_function", "predict"}
    assert len(CLASSIFIERS) >= 30
