import warnings
from typing import Any

import numpy as np
import numpy.testing as npt
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.ensemble import IsolationForest, VotingClassifier
from sklearn.linear_model import LinearRegression, LogisticRegression, RidgeClassifier, SGDClassifier
from sklearn.multiclass import OutputCodeClassifier
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.svm import SVC, LinearSVC

from miaudit.arrays import Floats
from miaudit.errors import UserError
from miaudit.training.asking import estimator_outputs, kind_of, way_of
from tiny import blobs

DATA = blobs()
TWO = DATA.y < 2  # records of two classes


def test_a_class_that_was_never_seen_has_probability_zero() -> None:
    rows = np.flatnonzero(DATA.y != 1)
    estimator = LogisticRegression().fit(DATA.x[rows], DATA.y[rows])
    probabilities = estimator_outputs(estimator, DATA.x, 4).values
    assert probabilities.shape == (60, 4)
    npt.assert_array_equal(probabilities[:, [1, 3]], 0)
    npt.assert_array_equal(probabilities[:, [0, 2]], estimator.predict_proba(DATA.x))


def test_other_labels_are_refused() -> None:
    names = LogisticRegression().fit(DATA.x, np.array(["a", "b", "c"])[DATA.y])
    with pytest.raises(UserError, match=r"classes are \['a', 'b', 'c'\]: expected labels among 0\.\.2"):
        estimator_outputs(names, DATA.x, 3)


def test_an_estimator_that_is_not_fitted_is_refused() -> None:
    with pytest.raises(UserError, match="LogisticRegression is not fitted"):
        estimator_outputs(LogisticRegression(), DATA.x, 3)


class Odd(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """A classifier whose predict_proba gives what it is told to."""

    def __init__(self, answer: Any = None, classes: int = 2) -> None:
        self.answer = answer
        self.classes_ = np.arange(classes)

    def predict_proba(self, x: Floats) -> Any:
        del x
        return self.answer


def test_one_column_is_the_probability_of_the_second_class() -> None:
    said = estimator_outputs(Odd(np.array([[0.2], [1.0]])), DATA.x[:2], 3)
    npt.assert_array_equal(said.values, [[0.8, 0.2, 0.0], [0.0, 1.0, 0.0]])


class Named(Odd):
    """Says what scikit-learn's classifiers say that were fitted on a DataFrame."""

    def predict_proba(self, x: Floats) -> Any:
        warnings.warn("X does not have valid feature names, but Named was fitted with feature names", stacklevel=2)
        return super().predict_proba(x)


def test_a_classifier_that_was_fitted_on_a_data_frame_reads_arrays_in_silence() -> None:
    assert len(estimator_outputs(Named(np.full((2, 2), 0.5)), DATA.x[:2], 2).values) == 2


@pytest.mark.parametrize(
    ("answer", "classes", "message"),
    [
        (np.full((2, 1), 0.5), 3, r"expected probabilities \(2, 3\), it gave \(2, 1\)"),
        (np.full(2, 0.5), 2, r"expected probabilities \(2, 2\), it gave \(2,\)"),
        (np.full((2, 3), 1 / 3), 2, r"expected probabilities \(2, 2\), it gave \(2, 3\)"),
        ([np.full((2, 2), 0.5), np.full((2, 2), 0.5)], 2, r"it gave \(2, 2, 2\)"),
        (np.array([[3.88], [-2.88]]), 2, r"in \[0, 1\], got -2\.88 at record 0 \(4 such values\)"),
        (np.array([[3.88, -2.88], [4.0, -3.0]]), 2, r"in \[0, 1\], got 3\.88"),
        (np.full((2, 2), 0.25), 2, r"sum to 1 within .*, got 0\.5 at record 0 \(2 such rows\)"),
        (np.full((2, 2), np.nan), 2, "expected finite numbers, got nan"),
        (np.full((2, 2), 0.5).astype(object), 2, "expected numbers, got object"),
    ],
)
def test_what_is_no_probabilities_is_refused(answer: Any, classes: int, message: str) -> None:
    with pytest.raises(UserError, match=rf"predict_proba of the Odd, asked about 2 records: .*{message}"):
        estimator_outputs(Odd(answer, classes), DATA.x[:2], classes)


@pytest.mark.parametrize(
    ("estimator", "way"),
    [
        (LogisticRegression(), "predict_proba"),
        (SVC(probability=False), "decision_function"),
        (LinearSVC(), "decision_function"),
        (SGDClassifier(loss="hinge"), "decision_function"),
        (SGDClassifier(loss="log_loss"), "predict_proba"),
        (make_pipeline(RidgeClassifier()), "decision_function"),
        (VotingClassifier([("a", GaussianNB())]), "predict"),
        (OutputCodeClassifier(GaussianNB()), "predict"),
        (LinearRegression(), None),
        (make_pipeline(LinearRegression()), None),
        (IsolationForest(), None),
        (np.zeros(3), None),
    ],
)
def test_the_method_that_tells_most_is_called(estimator: Any, way: Any) -> None:
    assert way_of(estimator) == way


def test_margins_of_every_class_are_kept_as_they_are() -> None:
    estimator = RidgeClassifier().fit(DATA.x, DATA.y)
    said = estimator_outputs(estimator, DATA.x, 3)
    assert said.kind == kind_of("decision_function") == "logits"
    npt.assert_array_equal(said.values, estimator.decision_function(DATA.x))


def test_one_margin_is_that_of_the_second_class_and_one_that_was_never_seen_has_the_smallest() -> None:
    estimator = LinearSVC().fit(DATA.x[TWO], np.array([0, 2])[DATA.y[TWO]])
    margin = estimator.decision_function(DATA.x)
    expected = np.stack([np.zeros(60), np.minimum(margin, 0), margin], axis=1)
    npt.assert_array_equal(estimator_outputs(estimator, DATA.x, 3).values, expected)


def test_labels_become_rows_with_a_single_one() -> None:
    estimator = VotingClassifier([("a", GaussianNB())]).fit(DATA.x[TWO], np.array([3, 1])[DATA.y[TWO]])
    said = estimator_outputs(estimator, DATA.x, 4)
    assert said.kind == "probs"
    npt.assert_array_equal(said.values, np.eye(4)[estimator.predict(DATA.x)])


def test_margins_of_pairs_of_classes_are_refused_though_three_classes_have_three_pairs() -> None:
    estimator = make_pipeline(SVC(decision_function_shape="ovo")).fit(DATA.x, DATA.y)
    with pytest.raises(UserError, match=r"3 margins for pairs of its 3 classes: .*svc__decision_function_shape='ovr'"):
        estimator_outputs(estimator, DATA.x, 3)


class Wrong(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """A classifier that predicts a label which it never saw."""

    classes_ = np.array([0, 1])

    def predict(self, x: Floats) -> Any:
        return np.full(len(x), 5)


def test_labels_that_were_never_seen_are_refused() -> None:
    with pytest.raises(UserError, match=r"predict of the Wrong: expected labels 0, 1, ..., got \[-1"):
        estimator_outputs(Wrong(), DATA.x[:2], 2)


def test_probabilities_come_before_margins() -> None:
    estimator = LinearDiscriminantAnalysis().fit(DATA.x, DATA.y)
    npt.assert_array_equal(estimator_outputs(estimator, DATA.x, 3).values, estimator.predict_proba(DATA.x))
