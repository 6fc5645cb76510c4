"""What cannot be trained is told before anything is."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline

import miaudit
from miaudit.arrays import Floats, Ints
from miaudit.auditing.trainable import check_trainable
from miaudit.datasets.base import Dataset
from miaudit.errors import UserError
from miaudit.running.work import Work
from miaudit.store.local import LocalStore
from miaudit.training.data import HANDFUL
from miaudit.training.estimators import EstimatorRecipe
from miaudit.training.job import Job

RNG = np.random.default_rng(0)
N = 120


def data_with(rare: int) -> Dataset:
    """Two classes, and a third of few records, which come first."""
    y = RNG.integers(2, size=N)
    y[:rare] = 2
    return Dataset("rare", RNG.normal(size=(N, 4)), y, classes=3)


def work(estimator: Any, rows: Ints) -> Work:
    return Work(Job(EstimatorRecipe.of(estimator), "data", rows, seed=0), np.arange(N))


class Picky(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """A step of a user's own that wants both sides of zero in the first column."""

    def fit(self, x: Floats, y: Ints) -> "Picky":
        if (x[:, 0] == 7).any():
            raise ArithmeticError("no sevens")
        return self

    def transform(self, x: Floats) -> Floats:
        return x


class Silent(GaussianNB):  # type: ignore[misc]
    """Gives a row of zeros where it is not sure."""

    def predict_proba(self, x: Floats) -> Floats:
        return np.zeros((len(x), len(self.classes_)))


def test_a_rare_class_in_a_cross_validation_is_told_with_the_way_out(tmp_path: Path) -> None:
    data, model = data_with(6), CalibratedClassifierCV(GaussianNB(), cv=3)
    works = [work(model, np.arange(start, N)) for start in (0, 3, 4)]  # 6, 3 and 2 records of class 2
    check_trainable(works[:2], data, LocalStore(tmp_path))
    with pytest.raises(UserError) as caught:
        check_trainable(works, data, LocalStore(tmp_path))
    for part in (
        "training a CalibratedClassifierCV failed on",
        "class 2 has 6 records among 120, and one model is trained on 2 of them",
        "leave the class out, or lower the number of folds",
    ):
        assert part in str(caught.value)


def test_nothing_is_trained_in_vain(tmp_path: Path) -> None:
    x, y = RNG.normal(size=(400, 3)), RNG.integers(2, size=400)
    y[:6] = 2
    model = CalibratedClassifierCV(GaussianNB(), cv=3).fit(x[:200], y[:200])
    with pytest.raises(UserError, match="class 2 has 6 records among 400"):
        miaudit.audit(
            model, (x[:200], y[:200]), (x[200:], y[200:]), attacks=["lira"], models=16, shadows=2, store=tmp_path
        )
    assert list(tmp_path.glob("??/*.safetensors")) == []


def test_an_absent_class_is_tried_apart_from_a_rare_one(tmp_path: Path) -> None:
    data, model = data_with(6), CalibratedClassifierCV(GaussianNB(), cv=3)
    check_trainable([work(model, np.arange(start, N)) for start in (0, 6)], data, LocalStore(tmp_path))
    lonely = [work(GradientBoostingClassifier(n_estimators=1), np.flatnonzero(data.y == 0))]
    with pytest.raises(UserError, match="one of the models is trained without class 1, 2: leave rare classes out"):
        check_trainable(lonely, data, LocalStore(tmp_path))


def test_a_model_that_needs_more_than_a_handful_is_tried_on_the_whole_draw(tmp_path: Path) -> None:
    data = data_with(6)
    enough = KNeighborsClassifier(n_neighbors=2 * HANDFUL + 20)
    check_trainable([work(enough, np.arange(N))], data, LocalStore(tmp_path))
    with pytest.raises(UserError, match=r"asking a KNeighborsClassifier failed .* n_neighbors"):
        check_trainable([work(KNeighborsClassifier(n_neighbors=N + 1), np.arange(N))], data, LocalStore(tmp_path))


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (make_pipeline(Picky(), LogisticRegression()), "training a Pipeline failed on .* ArithmeticError: no sevens"),
        (Silent(), "predict_proba of the Silent, asked about .* expected rows that sum to 1 .* got 0"),
    ],
)
def test_steps_and_probabilities_of_the_users_own_are_tried(tmp_path: Path, model: Any, message: str) -> None:
    data = data_with(6)
    data = replace(data, x=np.where(np.arange(4) == 0, 7.0, data.x))
    with pytest.raises(UserError, match=message):
        check_trainable([work(model, np.arange(N))], data, LocalStore(tmp_path))


def test_what_is_stored_is_not_tried(tmp_path: Path) -> None:
    store, data = LocalStore(tmp_path), data_with(6)
    stored = work(Silent(), np.arange(N))
    store.put(stored.key, {"probs": np.full((N, 3), 1 / 3)}, {})
    check_trainable([stored], data, store)
