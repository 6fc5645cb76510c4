import numpy.testing as npt
import pytest
from sklearn.linear_model import LogisticRegression

from miaudit.errors import UserError
from miaudit.targets.estimator import Estimator
from tiny import blobs

DATA = blobs()
FITTED = LogisticRegression().fit(DATA.x, DATA.y)


def test_its_probabilities_are_kept_as_they_are() -> None:
    said = Estimator(FITTED, 3).outputs(DATA.x)
    assert said.kind == "probs"
    npt.assert_array_equal(said.values, FITTED.predict_proba(DATA.x))


def test_a_class_that_the_estimator_does_not_know_has_no_probability() -> None:
    said = Estimator(FITTED, 5).outputs(DATA.x).values
    assert said.shape == (60, 5)
    npt.assert_array_equal(said[:, 3:], 0)


def test_records_of_any_shape_are_flattened() -> None:
    target = Estimator(FITTED, 3)
    npt.assert_array_equal(target.outputs(DATA.x.reshape(60, 2, 2)).values, target.outputs(DATA.x).values)


def test_labels_outside_the_classes_are_refused() -> None:
    with pytest.raises(UserError, match=r"classes are \[0, 1, 2\]: expected labels among 0\.\.1"):
        Estimator(FITTED, 2).outputs(DATA.x)


def test_records_that_the_estimator_cannot_read_are_told() -> None:
    with pytest.raises(
        UserError,
        match=r"LogisticRegression, given records of shape \(3,\), failed on 60 records: ValueError: X has 3 f",
    ):
        Estimator(FITTED, 3).outputs(DATA.x[:, :3])


def test_description() -> None:
    assert Estimator(FITTED, 3).description == "LogisticRegression (scikit-learn interface)"
