import numpy as np
import numpy.testing as npt
import pytest
from sklearn.linear_model import LogisticRegression

from miaudit.errors import UserError
from miaudit.targets.estimator import Estimator
from tiny import blobs

DATA = blobs()
FITTED = LogisticRegression().fit(DATA.x, DATA.y)


def test_softmax_of_the_logits_are_the_estimators_probabilities() -> None:
    logits = Estimator(FITTED, 3).logits(DATA.x)
    npt.assert_allclose(logits.mean(axis=1), 0, atol=1e-9)
    p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    npt.assert_allclose(p, FITTED.predict_proba(DATA.x), rtol=1e-6)


def test_a_class_that_the_estimator_does_not_know_is_possible_but_finite() -> None:
    logits = Estimator(FITTED, 5).logits(DATA.x)
    assert logits.shape == (60, 5)
    assert np.isfinite(logits).all()
    assert (logits[:, 3:].max(axis=1) < logits[:, :3].min(axis=1) - 100).all()


def test_records_of_any_shape_are_flattened() -> None:
    npt.assert_array_equal(Estimator(FITTED, 3).logits(DATA.x.reshape(60, 2, 2)), Estimator(FITTED, 3).logits(DATA.x))


def test_labels_outside_the_classes_are_refused() -> None:
    with pytest.raises(UserError, match=r"classes are \[0, 1, 2\]: expected labels among 0\.\.1"):
        Estimator(FITTED, 2).logits(DATA.x)


def test_records_that_the_estimator_cannot_read_are_told() -> None:
    with pytest.raises(UserError, match=r"LogisticRegression cannot read records \(60, 3\): X has 3 features"):
        Estimator(FITTED, 3).logits(DATA.x[:, :3])


def test_description() -> None:
    assert Estimator(FITTED, 3).description == "LogisticRegression (scikit-learn interface)"
