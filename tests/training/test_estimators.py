import importlib
import json
import sys
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.testing as npt
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.ensemble import RandomForestClassifier, VotingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from sklearn.svm import SVC, SVR, LinearSVC

from miaudit.arrays import Floats, Ints
from miaudit.errors import UserError
from miaudit.fingerprint import fingerprint
from miaudit.running.work import Work, do, outputs
from miaudit.source import SOURCES
from miaudit.splits.base import no_rows
from miaudit.store.local import LocalStore
from miaudit.training.asking import estimator_outputs
from miaudit.training.data import Batch, Records, Subset
from miaudit.training.estimators import CODE_VERSION, EstimatorRecipe, fit_estimator, fresh_clone
from miaudit.training.job import Method
from tiny import blobs, half

DATA = blobs()
ROWS = half(60, 0)


class Majority(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """A user's own class: its library has no version."""

    def __init__(self, weight: float = 1.0, kernel: Any = None) -> None:
        self.weight = weight
        self.kernel = kernel

    def fit(self, x: Floats, y: Ints) -> Self:
        self.n_features_in_ = x.shape[1]
        self.classes_, counts = np.unique(y, return_counts=True)
        self.shares_ = counts / counts.sum()
        return self

    def predict_proba(self, x: Floats) -> Floats:
        return np.tile(self.shares_, (len(x), 1))


def key(estimator: Any) -> str:
    return fingerprint(EstimatorRecipe.of(estimator))


def test_the_name_is_class_parameters_and_library() -> None:
    import sklearn

    recipe = EstimatorRecipe.of(RandomForestClassifier(max_depth=3))
    assert recipe.kind == "sklearn.ensemble._forest.RandomForestClassifier"
    assert json.loads(recipe.params)["max_depth"] == 3
    assert recipe.library == Method.of(recipe, DATA).code == f"sklearn {sklearn.__version__}{CODE_VERSION}"


def test_the_name_holds_the_libraries_of_all_parts() -> None:
    own = EstimatorRecipe.of(Majority()).library
    within = EstimatorRecipe.of(make_pipeline(StandardScaler(), Majority())).library
    alike = EstimatorRecipe.of(make_pipeline(StandardScaler(), RandomForestClassifier())).library
    assert set(_listed(within)) == {*_listed(alike), *_listed(own)}
    assert within.startswith(alike.removesuffix(CODE_VERSION))  # the pipeline's own comes first
    assert alike == EstimatorRecipe.of(RandomForestClassifier()).library


def _listed(library: str) -> list[str]:
    return library.replace(SOURCES, "; ").split("; ")


def test_a_linear_classifier_is_fitted_without_a_word_about_threads() -> None:
    fit_estimator(EstimatorRecipe.of(LogisticRegression()), DATA.x, DATA.y, ROWS, 3)


def test_the_name_does_not_depend_on_the_object_or_on_what_it_learnt() -> None:
    fitted = RandomForestClassifier(n_estimators=3).fit(DATA.x, DATA.y)
    assert key(fitted) == key(RandomForestClassifier(n_estimators=3))
    piped = [make_pipeline(StandardScaler(), LogisticRegression(C=2.0)) for _ in range(2)]
    assert key(piped[0]) == key(piped[1])
    assert " at 0x" not in EstimatorRecipe.of(piped[0]).params


def test_the_name_changes_with_class_and_parameters() -> None:
    priors = [np.full(2000, 1 / 2000), np.r_[np.full(1000, 1 / 2000), 2 / 2000, np.zeros(1), np.full(998, 1 / 2000)]]
    estimators = [
        RandomForestClassifier(),
        RandomForestClassifier(max_depth=2),
        LogisticRegression(),
        make_pipeline(StandardScaler(), LogisticRegression()),
        make_pipeline(StandardScaler(), LogisticRegression(C=2.0)),
        make_pipeline(StandardScaler(with_mean=False), LogisticRegression()),
        *(GaussianNB(priors=prior) for prior in priors),  # arrays whose repr() is cut short
    ]
    assert len({key(estimator) for estimator in estimators}) == len(estimators)


def test_a_users_own_class_is_named_by_its_source() -> None:
    library = EstimatorRecipe.of(Majority()).library
    assert library != "unknown"
    assert len(library.removesuffix(CODE_VERSION).split()[-1]) == 32
    assert key(Majority()) != key(Majority(weight=2.0))


def test_functions_as_parameters_are_told_by_what_they_do() -> None:
    keys = [
        key(Majority(kernel=lambda x: x)),
        key(Majority(kernel=lambda x: x + 1)),
        key(make_pipeline(FunctionTransformer(lambda x: x[:, :1]), LogisticRegression())),
        key(make_pipeline(FunctionTransformer(lambda x: x[:, :2]), LogisticRegression())),
    ]
    assert len(set(keys)) == len(keys)
    assert key(Majority(kernel=_first)) == key(Majority(kernel=_first))
    assert " at 0x" not in EstimatorRecipe.of(make_pipeline(FunctionTransformer(_first), Majority())).params


def _first(x: Floats) -> Floats:
    return x[:, :1]


def test_estimators_in_a_list_are_told_with_their_parameters() -> None:
    assert key(Majority(kernel=[LogisticRegression()])) == key(Majority(kernel=[LogisticRegression()]))
    assert key(Majority(kernel=[LogisticRegression()])) != key(Majority(kernel=[LogisticRegression(C=2.0)]))


def test_the_order_of_a_set_is_no_part_of_the_name() -> None:
    assert "set " in EstimatorRecipe.of(Majority(kernel={"a", "b"})).params
    assert key(Majority(kernel={"a", "b"})) == key(Majority(kernel={"b", "a"})) != key(Majority(kernel={"a"}))


def test_a_parameter_whose_content_cannot_be_told_gives_models_that_are_not_reused(tmp_path: Path) -> None:
    with (tmp_path / "log").open("w") as file, pytest.warns(UserWarning, match="models like this Majority will not be"):
        recipe = EstimatorRecipe.of(Majority(kernel=file))
    assert "unknown " in recipe.library


def test_what_is_no_classifier_is_refused() -> None:
    with pytest.raises(UserError, match=r"SVR cannot be audited: expected a classifier with get_params, and"):
        EstimatorRecipe.of(SVR())


@pytest.mark.parametrize(
    ("estimator", "kind"),
    [
        (LogisticRegression(), "probs"),
        (LinearSVC(), "logits"),
        (make_pipeline(StandardScaler(), SVC()), "logits"),
        (VotingClassifier([("a", GaussianNB())]), "probs"),
    ],
)
def test_the_kind_of_outputs_is_known_before_a_classifier_is_fitted(estimator: Any, kind: str) -> None:
    recipe = EstimatorRecipe.of(estimator)
    assert recipe.output_kind == kind
    (fitted,) = recipe.train(Records(DATA.x, DATA.y, 3), Batch([Subset(ROWS, 3, no_rows())]))
    assert fitted.outputs(DATA.x).kind == kind


def test_the_seed_decides_and_one_thread_is_used() -> None:
    recipe = EstimatorRecipe.of(RandomForestClassifier(n_estimators=5, n_jobs=4, random_state=1))
    a, b, c = (fit_estimator(recipe, DATA.x, DATA.y, ROWS, seed) for seed in (1, 1, 2**40))
    assert a.n_jobs == 1
    npt.assert_array_equal(a.predict_proba(DATA.x), b.predict_proba(DATA.x))
    assert (a.predict_proba(DATA.x) != c.predict_proba(DATA.x)).any()
    assert recipe.estimator.random_state == 1


def test_outputs_are_stored_but_never_the_estimator(tmp_path: Path) -> None:
    recipe = EstimatorRecipe.of(RandomForestClassifier(n_estimators=3))
    work = Work(Method.of(recipe, DATA).job(ROWS, 3), np.arange(60))
    store, records = LocalStore(tmp_path), Records(DATA.x, DATA.y, DATA.classes)
    assert do(work, records, store)
    assert not do(work, records, store)
    assert [path.stem for path in tmp_path.rglob("*.*")] == [work.key]
    p = estimator_outputs(fit_estimator(recipe, DATA.x, DATA.y, ROWS, 3), DATA.x, 3).values
    stored = outputs(work, store)
    assert stored.kind == "probs"
    npt.assert_array_equal(stored.values, p)


STEP = """
from sklearn.base import BaseEstimator, TransformerMixin

class Keep(TransformerMixin, BaseEstimator):
    def fit(self, X, y=None):
        return self

    def transform(self, X):
        return X[:, :{}]
"""


def test_a_step_of_ones_own_package_is_told_by_its_source_whatever_its_version(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    package = tmp_path / "package_at_work"
    package.mkdir()
    (package / "__init__.py").write_text("from package_at_work.steps import Keep\n__version__ = '0.1.0'\n")
    found = []
    for kept in ("1", "8 ", "1"):
        (package / "steps.py").write_text(STEP.format(kept))
        for name in [name for name in sys.modules if name.startswith("package_at_work")]:
            monkeypatch.delitem(sys.modules, name)
        importlib.invalidate_caches()
        step = importlib.import_module("package_at_work").Keep()
        found.append(key(make_pipeline(step, LogisticRegression())))
    assert found[0] == found[2] != found[1]


def test_labels_are_part_of_the_name_where_classes_are_weighed_by_them() -> None:
    weighed = EstimatorRecipe.of(RandomForestClassifier(class_weight={"b": 3, "c": 1}))
    plain = EstimatorRecipe.of(RandomForestClassifier())
    first, second = np.array(["a", "b"]), np.array(["b", "c"])
    assert fingerprint(weighed.with_labels(first)) != fingerprint(weighed.with_labels(second))
    assert fingerprint(plain.with_labels(first)) == fingerprint(plain.with_labels(second)) == fingerprint(plain)


class Doubling(Majority):
    """Its constructor changes a parameter, so that every copy would have another value."""

    def __init__(self, weight: float = 1.0) -> None:
        super().__init__(2 * weight)


def test_a_constructor_that_changes_its_parameters_is_refused() -> None:
    with pytest.raises(RuntimeError, match="either does not set or modifies parameter weight"):
        fresh_clone(EstimatorRecipe.of(Doubling(3.0)), 0)
