"""Tests of the number of records that settle a question."""

import numpy as np
import pytest

from miaudit.metrics.needed import records_to_settle, rounded_up
from miaudit.metrics.roc import auc


@pytest.mark.parametrize(("exact", "rounded"), [(1.0, 1), (99.2, 100), (101.0, 110), (12_345.0, 13_000)])
def test_rounding_goes_up_to_two_digits(exact: float, rounded: int) -> None:
    assert rounded_up(exact) == rounded


def test_a_settled_question_needs_no_more_records() -> None:
    assert records_to_settle(0.001, 0.1, 500, 0.95) == 500


def test_four_samples_of_five_of_that_size_settle_it() -> None:
    """An AUC of 0.55 against a limit of 0.6, where 200 records cannot tell."""
    error = (1.0 / 12.0 / 100.0 * 2.0) ** 0.5  # of an AUC near 0.5 with 100 records a kind
    needed = records_to_settle(error, 0.05, 200, 0.9)
    rng, shift = np.random.default_rng(1), 2**0.5 * 0.125661  # AUC = Phi(shift / sqrt 2)
    member = np.arange(needed) < needed // 2
    ends = [auc(rng.normal(size=needed) + shift * member, member, 0.9).high or 1.0 for _ in range(200)]
    assert 0.75 <= np.mean([end <= 0.6 for end in ends]) <= 0.87
