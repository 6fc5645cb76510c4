from typing import Any

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

import miaudit
from miaudit.errors import UserError
from miaudit.records.labels import classes_of, read_labels
from miaudit.targets.base import query
from miaudit.targets.estimator import Estimator
from miaudit.targets.function import Function
from miaudit.targets.search import target_of
from targets.alike import check_scores
from tiny import blobs

DATA = blobs()
TWO = blobs(classes=2)
FITTED = LogisticRegression().fit(DATA.x, DATA.y)
BINARY = LogisticRegression().fit(TWO.x, TWO.y)


def probability(x: Any) -> Any:
    return BINARY.predict_proba(x)[:, 1]


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (FITTED.predict_proba, "probabilities"),
        (FITTED.predict_log_proba, "log-probabilities"),
        (FITTED.decision_function, "logits"),
        (FITTED.predict, "labels"),
        (lambda x: FITTED.predict_proba(x).tolist(), "probabilities"),
    ],
)
def test_what_a_function_returns_is_found_out(function: Any, words: str) -> None:
    assert target_of(function).tried(DATA).description.endswith(f", which gives {words}")


def test_a_function_is_audited_as_the_model_within() -> None:
    check_scores(FITTED.predict_proba, FITTED, DATA.x, DATA.y)


def test_one_number_a_record_is_that_of_class_1() -> None:
    check_scores(probability, BINARY, TWO.x, TWO.y)


def test_the_name_is_the_functions() -> None:
    assert target_of(probability).name == "the function probability"
    assert target_of(probability).description == "function probability"


def test_a_classifier_that_can_be_called_is_still_a_classifier() -> None:
    class Called(LogisticRegression):  # type: ignore[misc]
        def __call__(self, x: Any) -> Any:
            raise AssertionError

    assert isinstance(target_of(Called()), Estimator)
    assert isinstance(target_of(Called().__call__), Function)


def test_a_class_is_no_model() -> None:
    with pytest.raises(UserError, match="cannot audit a type: expected one of"):
        target_of(dict)


def test_what_a_function_raises_is_told() -> None:
    def broken(x: Any) -> Any:
        raise RuntimeError("no such column")

    with pytest.raises(UserError, match=r"the function broken, given .* failed on 60 records: RuntimeError: no su"):
        target_of(broken).tried(DATA)
    with pytest.raises(UserError, match="numbers in"):
        target_of(lambda x: np.full((len(x), 3), 0.9)).tried(DATA)


@pytest.mark.parametrize("names", [["no", "perhaps", "yes"], [1, 2, 3], [-1, 0, 1]])
def test_labels_in_the_users_own_words_are_classes(names: list[Any]) -> None:
    y, half = np.array(names)[DATA.y], len(DATA.y) // 2
    parts = (DATA.x[:half], y[:half]), (DATA.x[half:], y[half:])
    made = miaudit.audit(lambda x: np.array(names)[FITTED.predict(x)], *parts, attacks=["gap"])
    right = np.exp(made.scores.column("signal.loss").to_numpy()) > 0.5
    assert right.mean() == (FITTED.predict(DATA.x) == DATA.y).mean() < 1


def test_an_unknown_label_is_refused() -> None:
    labels = classes_of([read_labels("members", ["a", "b"])])
    target = target_of(lambda x: np.where(x[:, 0] > 0, "a", "c")).with_labels(labels)
    assert isinstance(target, Function)
    found = target.found(np.ones((3, 1)))
    assert query(found, np.ones((3, 1))).values.tolist() == [[1, 0]] * 3
    with pytest.raises(UserError, match="expected one of the records' labels, got 'c'"):
        query(found, np.zeros((3, 1)))


@pytest.mark.parametrize("given", [np.float16, np.float32, np.float64, np.int64])
def test_the_function_gets_the_precision_of_the_users_records(given: type) -> None:
    seen: set[np.dtype[Any]] = set()

    def ask(x: Any) -> Any:
        seen.add(x.dtype)
        return BINARY.predict_proba(x)

    x, y = (10 * TWO.x[:40]).astype(given), TWO.y[:40]
    miaudit.audit(ask, (x[:20], y[:20]), (x[20:], y[20:]), attacks=["loss"], surrogates="never")
    assert seen == {np.dtype(np.float32 if given in (np.float16, np.float32) else np.float64)}
