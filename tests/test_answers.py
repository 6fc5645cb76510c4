"""What a model's answers are taken for, and how each form is read."""

from typing import Any

import numpy as np
import pytest
import torch

from miaudit.answers import AnswerForm, form_of_answers
from miaudit.errors import UserError
from miaudit.forms import AskedForm, Form
from miaudit.model_outputs import ModelOutputs

Z = np.random.default_rng(0).normal(scale=3.0, size=(50, 4))
P = np.exp(Z) / np.exp(Z).sum(axis=1, keepdims=True)
SIGMOID = 1 / (1 + np.exp(-Z[:, 0]))
HALF = torch.softmax(torch.from_numpy(Z).to(torch.bfloat16), dim=1)


def softmax(rows: Any) -> Any:
    return np.exp(rows) / np.exp(rows).sum(axis=1, keepdims=True)


@pytest.mark.parametrize(
    ("answers", "form", "single"),
    [
        (Z, "logits", False),
        (np.abs(Z), "logits", False),
        (-np.abs(Z), "logits", False),
        (torch.from_numpy(Z).requires_grad_(), "logits", False),
        (Z.astype(int), "logits", False),
        (P, "probabilities", False),
        (P.astype(np.float32), "probabilities", False),
        (P.astype(np.float16), "probabilities", False),
        (HALF.float(), "probabilities", False),
        (P.round(2), "probabilities", False),
        (np.eye(4), "probabilities", False),  # as a tree that is grown to its end gives them
        (np.eye(4, dtype=int), "labels", False),
        (np.eye(4, dtype=bool), "labels", False),
        (np.log(P), "log_probabilities", False),
        (np.log(P).astype(np.float32), "log_probabilities", False),
        (100 * P, "percent", False),
        ((100 * P).astype(np.float32).round(0), "percent", False),
        (P.astype(np.float32).round(2), "probabilities", False),
        (SIGMOID, "probabilities", True),
        (SIGMOID[:, None], "probabilities", True),
        (Z[:, 0], "logits", True),
        (Z[:, :1], "logits", True),
        (np.log(SIGMOID), "logits", True),  # nothing tells it from a logit
        (np.array([0, 1, 3, 1]), "labels", True),
        (np.array([[0], [1]]), "labels", True),
        (np.array([True, False]), "labels", True),
    ],
)
def test_what_is_unambiguous_is_found(answers: Any, form: Form, single: bool) -> None:
    assert form_of_answers("the net", answers) == AnswerForm(form, single)


@pytest.mark.parametrize(
    ("answers", "message"),
    [
        (np.array([0.0, 1.0, 1.0]), "nothing but whole numbers, which could be labels or probabilities"),
        (np.array([0.0, 2.0, 1.0]), "could be labels or logits; say which by outputs='labels' or outputs='logits'"),
        (100 * SIGMOID, "from 0 to more than 1, which could be percent or logits; say which by outputs='percent' or"),
        (P[:, :2] / 2, "in \\[0, 1\\] whose rows do not sum to 1, which could be logits or probabilities"),
        (np.zeros((3, 2, 2)), r"a row \(C,\) with one for each class; got float64 \(3, 2, 2\)"),
        (np.zeros((0, 2)), r"got float64 \(0, 2\)"),
        (np.array(["a", "b"]), r"got <U1 \(2,\)"),
    ],
)
def test_what_could_be_two_things_is_refused(answers: Any, message: str) -> None:
    with pytest.raises(UserError, match=message):
        form_of_answers("the net", answers)


def test_what_the_user_says_is_believed() -> None:
    assert form_of_answers("the net", np.array([0.0, 2.0]), "labels") == AnswerForm("labels", single=True)
    assert form_of_answers("the net", P[:, :2] / 2, "logits") == AnswerForm()
    wrong: Any = "logit"
    with pytest.raises(UserError, match="expected outputs to be one of auto, logits"):
        form_of_answers("the net", Z, wrong)


def read(answers: Any, asked: AskedForm = "auto", classes: int | None = None) -> ModelOutputs:
    return form_of_answers("the net", answers, asked).read("the net", answers, len(answers), classes)


def probabilities(outputs: ModelOutputs) -> Any:
    return outputs.values if outputs.kind == "probs" else softmax(outputs.values)


@pytest.mark.parametrize(
    ("answers", "asked"),
    [
        (Z[:, 0], "auto"),
        (Z[:, :1], "auto"),
        (Z[:, 0], "margins"),
        (SIGMOID, "auto"),
        (SIGMOID[:, None], "auto"),
        (100 * SIGMOID, "percent"),
        (np.log(SIGMOID), "log_probabilities"),
        (np.stack([np.zeros(50), Z[:, 0]], axis=1), "auto"),
        (np.log(np.stack([1 - SIGMOID, SIGMOID], axis=1)), "auto"),
    ],
)
def test_a_binary_model_says_the_same_in_every_form(answers: Any, asked: AskedForm) -> None:
    expected = np.stack([1 - SIGMOID, SIGMOID], axis=1)
    np.testing.assert_allclose(probabilities(read(answers, asked)), expected, rtol=1e-9)


def test_the_other_class_keeps_all_digits_of_a_single_precision_probability() -> None:
    sure = np.array([1 - 2.0**-24, 2.0**-30], dtype=np.float32)
    np.testing.assert_array_equal(read(sure).values, [[2.0**-24, 1 - 2.0**-24], [1 - 2.0**-30, 2.0**-30]])


def test_labels_become_rows_with_a_single_one() -> None:
    np.testing.assert_array_equal(read(np.array([2, 0]), classes=4).values, [[0, 0, 1, 0], [1, 0, 0, 0]])
    np.testing.assert_array_equal(read(np.array([True, False])).values, [[0, 1], [1, 0]])
    assert form_of_answers("the net", np.array([2, 0])).labels_only
    assert not form_of_answers("the net", Z).labels_only


@pytest.mark.parametrize(
    ("form", "answers", "message"),
    [
        (AnswerForm("probabilities", single=True), [0.5, 1.5], r"\[0, 1\], got -0\.5 "),
        (
            AnswerForm("probabilities", single=True),
            [[0.5, 0.5]] * 2,
            r"expected the probability .*\(2, 2\)",
        ),
        (
            AnswerForm("logits", single=True),
            [0.5],
            r"2 records: expected the logit .* it gave float64 \(1,\)",
        ),
        (AnswerForm("logits", single=True), [np.nan, 0.0], "expected finite numbers, got nan"),
        (AnswerForm("probabilities"), [[2.0, -1.0]] * 2, "expected probabilities in"),
        (AnswerForm("labels", single=True), [0.5, 1.0], r"expected labels 0, 1, \.\.\., got \[0\.5, 1\.0\]"),
        (AnswerForm("labels", single=True), [3, 1], "expected labels 0 to 2, got 3"),
    ],
)
def test_later_answers_of_another_form_are_refused(form: AnswerForm, answers: Any, message: str) -> None:
    with pytest.raises(UserError, match=message):
        form.read("the net", answers, 2, 3 if form.labels_only else None)


def test_equal_answers_give_equal_outputs() -> None:
    repeated = np.repeat(SIGMOID[:5], 3)
    values = read(repeated).values.reshape(5, 3, 2)
    np.testing.assert_array_equal(values, values[:, :1].repeat(3, axis=1))


def test_percentages_stay_rounded_and_equal_whatever_is_beside_them() -> None:
    mixed = np.array([[45.3, 54.7], [100 / 3, 200 / 3]])
    values = read(mixed, "percent").values
    np.testing.assert_array_equal(values[0], [0.453, 0.547])
    np.testing.assert_array_equal(read(mixed[:1], "percent").values[0], values[0])
    np.testing.assert_allclose(values[1], [1 / 3, 2 / 3], rtol=1e-15)
    assert read(np.array([[1e-9, 100 - 1e-9]]), "percent").values[0, 0] == pytest.approx(1e-11, rel=1e-12)
