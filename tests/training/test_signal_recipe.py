"""Reference models that are no classifiers: trained as the library trains them, and named by all that decides them."""

import pickle
from dataclasses import replace

import numpy as np
import pytest
from sklearn.ensemble import RandomForestRegressor
from sklearn.linear_model import Ridge

from miaudit.fingerprint import fingerprint
from miaudit.training.data import Batch, Records, Subset
from miaudit.training.estimators import EstimatorRecipe
from miaudit.training.own_signal import OwnSignal
from miaudit.training.signal_recipe import Clones, Made, SignalRecipe

RNG = np.random.default_rng(0)
X = RNG.normal(size=(40, 3))
Y = X @ [1.0, -2.0, 0.5] + RNG.normal(size=40)
RECORDS = Records(X, np.zeros(40, dtype=np.int64), 1)
ROWS, NONE = np.arange(20), np.arange(0)


def recipe(estimator: object = None, truth: object = Y) -> SignalRecipe:
    maker = Clones(EstimatorRecipe.for_any(Ridge(0.5) if estimator is None else estimator))
    return SignalRecipe.of(maker, OwnSignal.of("regression"), np.asarray(truth))


def test_a_reference_is_what_the_library_fits() -> None:
    (made,) = recipe().train(RECORDS, Batch([Subset(ROWS, 7, NONE)]))
    own = Ridge(0.5).fit(X[:20], Y[:20])
    said = recipe().ask(made, RECORDS, np.array([3, 30]))
    assert said.kind == "score"
    np.testing.assert_allclose(said.values[:, 0], -np.abs(Y[[3, 30]] - own.predict(X[[3, 30]])))


def test_the_seed_decides_random_models() -> None:
    forest = recipe(RandomForestRegressor(3, n_jobs=2))
    batch = Batch([Subset(ROWS, seed, NONE) for seed in (1, 1, 2)])
    first, same, other = (forest.ask(made, RECORDS, ROWS).values for made in forest.train(RECORDS, batch))
    np.testing.assert_array_equal(first, same)
    assert (first != other).any()


def test_the_name_follows_from_estimator_signal_and_truth() -> None:
    names = [recipe(), recipe(Ridge(0.6)), recipe(truth=Y + 1), replace(recipe(), signal=OwnSignal.of("multi_label"))]
    assert len({fingerprint(one) for one in names}) == 4
    assert fingerprint(recipe()) == fingerprint(recipe())
    assert "sklearn" in recipe().code_version((3,), 1)


def test_it_can_be_sent_to_another_process() -> None:
    sent = pickle.loads(pickle.dumps(recipe()))
    assert fingerprint(sent) == fingerprint(recipe())
    np.testing.assert_array_equal(sent.truth, Y)


def test_a_model_is_not_asked_without_the_truth() -> None:
    with pytest.raises(ValueError, match="by its recipe"):
        Made(Ridge()).outputs(X)
