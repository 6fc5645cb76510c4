from typing import Any

import numpy as np
import numpy.testing as npt
import pytest
import sklearn
from sklearn.ensemble import RandomForestClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from miaudit import audit
from miaudit.auditing.plan import auxiliary_works
from miaudit.datasets.base import Dataset
from miaudit.running.local import run_local
from miaudit.running.work import outputs
from miaudit.splits.pool import pool_over
from miaudit.store.local import LocalStore
from miaudit.training.asking import estimator_outputs
from miaudit.training.boosting import Relabelled
from miaudit.training.estimators import EstimatorRecipe, fit_estimator
from tiny import blobs, half

DATA = blobs(n=120)
ROWS = half(120, 0)
LIBRARIES = ("xgboost", "lightgbm")


def booster(library: str, **params: Any) -> Any:
    """A few small trees."""
    module = pytest.importorskip(library)
    name, own = {"xgboost": ("XGBClassifier", {}), "lightgbm": ("LGBMClassifier", {"min_child_samples": 5})}[library]
    return getattr(module, name)(**{"n_estimators": 4, "max_depth": 3, "subsample": 0.7, "n_jobs": 1, **own, **params})


@pytest.fixture(params=LIBRARIES)
def library(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


def without(label: int) -> np.ndarray:
    return ROWS[DATA.y[ROWS] != label]


def test_the_name_holds_the_library_and_what_was_set(library: str) -> None:
    recipe = EstimatorRecipe.of(booster(library))
    assert recipe.library.split()[0] == library
    assert recipe.kind.startswith(f"{library}.sklearn.")
    assert '"max_depth": 3' in recipe.params


def test_the_seed_decides(library: str) -> None:
    params = {"xgboost": {}, "lightgbm": {"subsample_freq": 1}}[library]
    recipe = EstimatorRecipe.of(booster(library, n_jobs=4, random_state=9, **params))
    a, b, c = (fit_estimator(recipe, DATA.x, DATA.y, ROWS, seed) for seed in (1, 1, 2))
    assert a.n_jobs == 1
    npt.assert_array_equal(a.predict_proba(DATA.x), b.predict_proba(DATA.x))
    assert (a.predict_proba(DATA.x) != c.predict_proba(DATA.x)).any()


@pytest.mark.parametrize("missing", [0, 1, 2])
def test_classes_that_a_subset_lacks_have_probability_zero(library: str, missing: int) -> None:
    rows = without(missing)
    fitted = booster(library).fit(DATA.x, DATA.y)  # knows three classes, and says so in its parameters
    estimator = fit_estimator(EstimatorRecipe.of(fitted), DATA.x, DATA.y, rows, 3)
    found = estimator_outputs(estimator, DATA.x, 4).values
    npt.assert_array_equal(found[:, [missing, 3]], 0)
    npt.assert_allclose(found.sum(axis=1), 1, atol=1e-6)
    others = [label for label in range(3) if label != missing]
    assert (np.array(others)[found[rows][:, others].argmax(axis=1)] == DATA.y[rows]).mean() > 0.7


def test_labels_with_a_gap_are_learnt_as_those_without(library: str) -> None:
    rows, recipe = without(1), EstimatorRecipe.of(booster(library))
    gap = fit_estimator(recipe, DATA.x, DATA.y, rows, 3)
    none = fit_estimator(recipe, DATA.x, (DATA.y == 2).astype(np.int64), rows, 3)
    expected = estimator_outputs(none, DATA.x, 2).values
    npt.assert_array_equal(estimator_outputs(gap, DATA.x, 3).values[:, [0, 2]], expected)


def test_a_single_class_is_certain(library: str) -> None:
    rows = np.flatnonzero(DATA.y == 1)
    estimator = fit_estimator(EstimatorRecipe.of(booster(library)), DATA.x, DATA.y, rows, 3)
    npt.assert_array_equal(estimator_outputs(estimator, DATA.x, 3).values, np.tile([0.0, 1.0, 0.0], (120, 1)))


def test_what_a_fitted_one_learnt_changes_nothing(library: str) -> None:
    new, fitted = booster(library), booster(library).fit(DATA.x, DATA.y)
    a, b = (fit_estimator(EstimatorRecipe.of(one), DATA.x, DATA.y, ROWS, 3) for one in (new, fitted))
    npt.assert_array_equal(a.predict_proba(DATA.x), b.predict_proba(DATA.x))


def test_within_a_pipeline(library: str) -> None:
    recipe = EstimatorRecipe.of(make_pipeline(StandardScaler(), booster(library)).fit(DATA.x, DATA.y))
    assert recipe.library == f"sklearn {sklearn.__version__}; {EstimatorRecipe.of(booster(library)).library}"
    estimator = fit_estimator(recipe, DATA.x, DATA.y, without(1), 3)
    found = estimator_outputs(estimator, DATA.x, 3).values
    npt.assert_array_equal(found[:, 1], 0)
    npt.assert_allclose(found.sum(axis=1), 1, atol=1e-6)


def test_nothing_is_printed(library: str, capfd: pytest.CaptureFixture[str]) -> None:
    fit_estimator(EstimatorRecipe.of(booster(library)), DATA.x, DATA.y, ROWS, 3)
    fit_estimator(EstimatorRecipe.of(make_pipeline(booster(library))), DATA.x, DATA.y, ROWS, 3)
    assert capfd.readouterr() == ("", "")


def test_unless_it_is_asked_for(capfd: pytest.CaptureFixture[str]) -> None:
    fit_estimator(EstimatorRecipe.of(booster("lightgbm", verbosity=1)), DATA.x, DATA.y, ROWS, 3)
    assert "LightGBM" in "".join(capfd.readouterr())


def test_scikit_learns_own_keep_their_labels() -> None:
    weights = {0: 1.0, 2: 100.0}
    recipe = EstimatorRecipe.of(RandomForestClassifier(n_estimators=3, class_weight=weights))
    estimator = fit_estimator(recipe, DATA.x, DATA.y, without(1), 3)
    assert not isinstance(estimator, Relabelled)
    assert estimator.classes_.tolist() == [0, 2]


def test_trained_in_parallel(library: str, tmp_path: Any) -> None:
    """A rare class is missing from some of the pool's halves."""
    y = DATA.y.copy()
    y[:] = np.where(y == 1, 2, y)
    y[5] = 1
    data = Dataset("rare", DATA.x, y, 3)
    split = pool_over(np.arange(60), np.arange(60, 120), 4, 2, 0)
    recipe = EstimatorRecipe.of(booster(library).fit(data.x, data.y))
    works = auxiliary_works(data, split, recipe, recipe, 0)
    lacking = [work for work in works if 1 not in data.y[work.job.rows]]
    assert 0 < len(lacking) < len(works)
    assert run_local(works, data, LocalStore(tmp_path), 2)[:2] == (4, 0)
    for work in works:
        said = outputs(work, LocalStore(tmp_path)).values
        assert (said[:, 1] == 0).all() == (work in lacking)


def test_an_audit(library: str, tmp_path: Any, capfd: pytest.CaptureFixture[str]) -> None:
    members, nonmembers = (DATA.x[:60], DATA.y[:60]), (DATA.x[60:], DATA.y[60:])
    target = booster(library, random_state=0).fit(*members)
    capfd.readouterr()
    found = audit(target, members, nonmembers, attacks=["loss", "lira"], models=4, shadows=2, store=tmp_path, jobs=2)
    assert capfd.readouterr().out == ""
    assert found.result.cost.models_trained == 4
    assert found.result.target.description == f"{type(target).__name__} (scikit-learn interface)"
    auc = found.result.attacks["loss"].auc.value
    assert auc is not None
    assert auc > 0.55
