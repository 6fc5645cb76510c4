from typing import Any

import numpy as np
import pandas as pd
import pytest

from miaudit.datasets.base import Dataset
from miaudit.features.base import form_of
from miaudit.records.near import SHARE, _distinct, nearly_same

RNG = np.random.default_rng(0)


def world(x: Any) -> Dataset:
    return Dataset("w", x, np.zeros(len(x), dtype=np.int64), 2)


def found(x: Any, members: int) -> list[int]:
    rows = np.arange(len(x))
    return nearly_same(world(x), rows[:members], rows[members:]).nonmembers.tolist()


@pytest.mark.parametrize("shape", [(5,), (1, 8, 8)])
def test_noisy_copies_are_found_and_neither_exact_nor_other_ones(shape: tuple[int, ...]) -> None:
    x = RNG.normal(size=(400, *shape)) * 7 + 3
    x[300] = x[10]  # an exact copy
    x[301] = x[11] * (1 + 1e-6)
    x[302] = x[12].astype(np.float16)
    x[303] = x[13] + 1.0
    assert found(x, 200) == [301, 302]


def test_as_the_definition_says_over_all_pairs() -> None:
    x = RNG.normal(size=(120, 4))
    x[60:90] = x[:30] + RNG.normal(size=(30, 4)) * np.geomspace(1e-4, 1e-1, 30)[:, None]
    scaled = (x - x[:60].mean(axis=0)) / x[:60].std(axis=0)
    nearest = np.linalg.norm(scaled[60:, None] - scaled[None, :60], axis=2).min(axis=1)
    expected = 60 + np.flatnonzero(nearest <= SHARE * np.median(nearest))
    assert 3 < len(expected) < 30
    assert found(x, 60) == expected.tolist()


def test_few_columns_prove_nothing() -> None:
    x = np.column_stack([RNG.normal(size=2000), RNG.integers(0, 2, (2000, 3))])
    assert found(x, 1000) == []


def test_records_without_any_spread() -> None:
    assert found(np.ones((10, 5)), 5) == []


def test_many_records_are_compared_in_part(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("miaudit.records.near.MOST", 20)
    rows = np.arange(100)
    assert nearly_same(world(RNG.normal(size=(100, 4))), rows[:50], rows[50:]).compared == 20


def of(given: Any) -> Any:
    form = form_of(given, len(given))
    assert form is not None
    return form.of("members", given, np.float64)


def test_texts_that_differ_in_writing_alone() -> None:
    texts = ["One two.", "Three", "four five", "one  TWO", "Three", "four six"]
    assert found(of(texts), 3) == [3]  # "Three" is an exact copy


def test_rows_whose_texts_or_last_digits_differ() -> None:
    frame = pd.DataFrame(
        {"name": ["Ada", "Max", "Eva", "ADA ", "Max", "Eva"], "pay": [1.0, 2.0, 3.0, 1.0, 2.0 + 1e-9, 4.0]}
    )
    assert found(of(frame), 3) == [3, 4]


@pytest.mark.parametrize(
    "x",
    [
        RNG.integers(0, 9, (30, 4)),
        RNG.random((20, 3)) < 0.5,
        np.where(RNG.random((40, 5)) < 0.3, np.nan, RNG.integers(0, 3, (40, 5))),
    ],
)
def test_different_values_are_counted_and_missing_ones_are_one(x: Any) -> None:
    assert _distinct(x).tolist() == [len(np.unique(column)) for column in x.T]
