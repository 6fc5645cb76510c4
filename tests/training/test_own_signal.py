"""How well a model fits a record: by name, or by the user's function."""

from typing import Any

import numpy as np
import pytest
import torch
from sklearn.multioutput import MultiOutputClassifier
from sklearn.tree import DecisionTreeClassifier

from miaudit.errors import UserError
from miaudit.fingerprint import fingerprint
from miaudit.training.own_signal import OwnSignal, label_losses, predictions_of, residual

X = np.array([[1.0], [2.0], [3.0]])


class Doubles:
    def predict(self, x: Any) -> Any:
        return 2 * x[:, 0]


class Probabilities:
    def __init__(self, p: Any) -> None:
        self.p = np.asarray(p)

    def predict_proba(self, x: Any) -> Any:
        return self.p[: len(x)]


def test_the_residual_is_minus_the_distance() -> None:
    assert residual(Doubles(), X, [2.0, 5.0, 5.0]).tolist() == [0, -1, -1]
    several = residual(lambda x: np.stack([x[:, 0], x[:, 0]], axis=1), X, [[1, 1], [5, 6], [3, 3]])
    assert several.tolist() == [0, -5, 0]


def test_a_torch_module_is_asked_in_evaluation_mode() -> None:
    linear = torch.nn.Linear(1, 1)
    with torch.no_grad():
        linear.weight.fill_(2.0)
        linear.bias.fill_(0.0)
    module = torch.nn.Sequential(torch.nn.Dropout(0.9), linear).train()
    np.testing.assert_allclose(residual(module, X, [2.0, 4.0, 7.0]), [0, 0, -1])
    assert module.training


def test_labels_are_summed() -> None:
    model = Probabilities([[0.5, 0.25], [0.9, 1.0], [0.0, 0.5]])
    truth = [[1, 0], [1, 1], [1, 0]]
    # A probability of 0 is read as half of the smallest positive one, 0.5 / 2.
    expected = [np.log(2) - np.log(0.75), -np.log(0.9), np.log(4) + np.log(2)]
    np.testing.assert_allclose(label_losses(model, X, truth), expected)


def test_answers_that_are_no_probabilities_are_log_odds() -> None:
    logits = np.array([[0.0, np.log(3.0)], [-5.0, 5.0], [1.0, 1.0]])
    losses = label_losses(lambda x: logits[: len(x)], X, [[1, 1], [0, 1], [0, 0]])
    np.testing.assert_allclose(losses[0], np.log(2) - np.log(0.75))
    np.testing.assert_allclose(losses[2], 2 * np.log1p(np.e))


def test_a_label_of_which_a_model_saw_one_value() -> None:
    y = np.array([[0, 1, 0], [1, 1, 0], [1, 1, 0]])
    model = MultiOutputClassifier(DecisionTreeClassifier(random_state=0)).fit(X, y)
    np.testing.assert_array_equal(label_losses(model, X, y), [0, 0, 0])
    assert (label_losses(model, X, 1 - y) > 0).all()


def test_labels_of_another_number_are_refused() -> None:
    with pytest.raises(UserError, match=r"expected probabilities \(3, 3\) as the truth has, got \(3, 2\)"):
        label_losses(Probabilities(np.full((3, 2), 0.5)), X, np.zeros((3, 3)))


def test_a_function_is_named_by_its_source() -> None:
    def one(model: Any, x: Any, y: Any) -> Any:
        return model(x) - y

    def other(model: Any, x: Any, y: Any) -> Any:
        return model(x) + y

    assert fingerprint(OwnSignal.of(one)) == fingerprint(OwnSignal.of(one))
    assert fingerprint(OwnSignal.of(one)) != fingerprint(OwnSignal.of(other))
    assert fingerprint(OwnSignal.of(one)) != fingerprint(OwnSignal.of(one, "loss"))


def first_two(model: Any, x: Any, y: Any) -> Any:
    del y
    return model(x)[:2]


def nothing(model: Any, x: Any, y: Any) -> Any:
    del model, y
    return np.full(len(x), np.nan)


def broken(model: Any, x: Any, y: Any) -> Any:
    raise ZeroDivisionError(f"{model} {x} {y}")


def words(model: Any, x: Any, y: Any) -> Any:
    del model, y
    return ["a"] * len(x)


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (first_two, r"asked about 3 records: expected one score per record, shape \(3,\)"),
        (nothing, "expected finite numbers, got nan"),
        (broken, "failed on 3 records: ZeroDivisionError"),
        (words, "expected numbers, got <U1"),
    ],
)
def test_what_a_function_gives_is_checked(function: Any, message: str) -> None:
    with pytest.raises(UserError, match=message):
        OwnSignal.of(function).outputs(lambda x: x[:, 0], X, None)


def test_a_name_that_is_not_known() -> None:
    with pytest.raises(UserError, match=r"expected regression, multi_label or a function.*got 'ranking'"):
        OwnSignal.of("ranking")


def test_predictions_by_predict_and_by_a_call() -> None:
    assert predictions_of(Doubles(), X).tolist() == [2, 4, 6]
    assert predictions_of(lambda x: x[:, 0], X).tolist() == [1, 2, 3]
