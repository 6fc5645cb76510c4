"""The membership classifier against scikit-learn's own prediction, and what it learns."""

import numpy as np
import pytest
from sklearn.neural_network import MLPClassifier

from miaudit.attacks import _classifier
from miaudit.attacks._classifier import train, train_as_released
from miaudit.errors import UserError
from worlds import auc


def test_log_odds_are_those_of_scikit_learn(monkeypatch: pytest.MonkeyPatch) -> None:
    """log(p / (1 - p)) of predict_proba on the standardised features."""
    fitted = []

    class Kept(MLPClassifier):  # type: ignore[misc]
        def fit(self, x: object, y: object) -> MLPClassifier:
            fitted.append(self)
            return super().fit(x, y)

    monkeypatch.setattr(_classifier, "MLPClassifier", Kept)
    rng = np.random.default_rng(0)
    features, member = rng.normal(3.0, 5.0, size=(300, 4)), rng.random(300) < 0.5
    network = train(features, member, (6, 5), rng)
    standardised = (features - features.mean(axis=0)) / features.std(axis=0)
    p = fitted[0].predict_proba(standardised)[:, 1]
    np.testing.assert_allclose(network.log_odds(features), np.log(p / (1 - p)), rtol=1e-4, atol=1e-5)


def test_it_learns_what_no_threshold_can_tell() -> None:
    """Members lie outside of a circle."""
    rng = np.random.default_rng(0)
    features = rng.normal(size=(3000, 2))
    member = np.hypot(*features.T) > 1.2
    fresh = rng.normal(size=(1000, 2))
    assert auc(train(features, member, (64,), rng).log_odds(fresh), np.hypot(*fresh.T) > 1.2) > 0.97


def test_certain_records_do_not_tie() -> None:
    """Probabilities of both would be 1."""
    rng = np.random.default_rng(0)
    features = np.concatenate([rng.normal(-5, 1, 200), rng.normal(5, 1, 200)])[:, None]
    odds = train(features, np.arange(400) >= 200, (8,), rng).log_odds(np.array([[1e6], [2e6]]))
    assert 40 < odds[0] < odds[1]


def test_a_constant_feature_is_harmless() -> None:
    rng = np.random.default_rng(0)
    features = np.stack([np.full(100, 3.0), rng.normal(size=100)], axis=1)
    assert np.isfinite(train(features, rng.random(100) < 0.5, (4,), rng).log_odds(features)).all()


@pytest.mark.parametrize(("member", "kind"), [([True, True], "members"), ([False, False], "non-members")])
def test_one_kind_is_not_enough(member: list[bool], kind: str) -> None:
    with pytest.raises(UserError, match=f"all 2 records of the shadows are {kind}"):
        train(np.zeros((2, 1)), np.array(member), (4,), np.random.default_rng(0))


def test_the_released_classifier_learns_on_nine_tenths_of_raw_records(monkeypatch: pytest.MonkeyPatch) -> None:
    fitted = []

    class Kept(MLPClassifier):  # type: ignore[misc]
        def fit(self, x: np.ndarray, y: np.ndarray) -> MLPClassifier:
            fitted.append((self, x))
            return super().fit(x, y)

    monkeypatch.setattr(_classifier, "MLPClassifier", Kept)
    rng = np.random.default_rng(0)
    features = rng.normal(1.0, 2.0, size=(200, 2))
    network = train_as_released(features, features[:, 0] > 1.0, (8,), rng)
    (model, seen) = fitted[0]
    assert (model.solver, model.learning_rate_init, model.momentum, model.max_iter) == ("sgd", 0.004, 0.9, 35)
    assert len(seen) == 180
    assert {tuple(row) for row in seen} <= {tuple(row) for row in features.astype(np.float32)}
    p = model.predict_proba(features)[:, 1]
    np.testing.assert_allclose(network.log_odds(features), np.log(p / (1 - p)), rtol=1e-4, atol=1e-4)
