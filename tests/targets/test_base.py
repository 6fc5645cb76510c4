"""The one check that all outputs pass."""

from typing import Any

import numpy as np
import pytest
import torch
from sklearn.linear_model import LogisticRegression

from digit_audits import MEMBERS, probabilities
from miaudit.arrays import Floats
from miaudit.datasets.base import Dataset
from miaudit.errors import UserError
from miaudit.model_outputs import ModelOutputs
from miaudit.targets.base import query
from miaudit.targets.predictions import Predictions
from miaudit.targets.search import target_of
from targets.table_target import Table

X = np.zeros((4, 3))


@pytest.mark.parametrize(
    ("said", "message"),
    [
        (
            ModelOutputs(np.zeros((3, 2)), "logits"),
            r"the Table, asked about 4 records: expected logits \(4, C\)",
        ),
        (ModelOutputs(np.zeros((4, 1)), "logits"), r"with C >= 2, it gave \(4, 1\)"),
        (ModelOutputs(np.full((4, 2), np.inf), "logits"), "expected finite numbers, got inf"),
        (ModelOutputs(np.full((4, 2), 0.5), "logits"), "expected logits, got probabilities"),
        (ModelOutputs(np.full((4, 2), 0.4), "probs"), r"rows that sum to 1 within 0\.1, got 0\.8"),
        (ModelOutputs(np.full((4, 2), "a"), "probs"), "expected numbers, got <U1"),
        (np.zeros((4, 2)), "the Table: expected ModelOutputs, got ndarray"),
    ],
)
def test_outputs_of_any_target_are_checked_in_one_place(said: Any, message: str) -> None:
    with pytest.raises(UserError, match=message):
        query(Table(lambda _: said), X)


def test_a_target_that_fails_is_named() -> None:
    def fails(x: Floats) -> Any:
        raise TimeoutError("no answer")

    with pytest.raises(UserError, match=r"the Table, given records of shape \(3,\), failed on 4 records"):
        query(Table(fails), X)


def test_a_model_may_know_more_classes_than_the_records_show() -> None:
    x, y = MEMBERS
    few = Dataset("few", x[y < 5], y[y < 5], 5)

    def classes(given: object) -> int:
        return target_of(given).count_classes(few)

    assert classes(torch.nn.Linear(64, 12)) == 12
    assert classes(LogisticRegression(max_iter=1000).fit(*MEMBERS)) == 10
    assert classes(LogisticRegression(max_iter=1000).fit(few.x[few.y < 3], few.y[few.y < 3])) == 5
    assert classes(Predictions(*probabilities())) == 10
    assert classes(Table(len)) == 5
