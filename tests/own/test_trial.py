# ruff: noqa: ARG005  # which arguments a function takes is what is tested
"""A trial of the user's training function."""

import itertools
from typing import Any

import numpy as np
import pytest

from miaudit.arrays import Floats, Ints
from miaudit.errors import UserError
from miaudit.own.recipe import OwnTraining
from miaudit.training.data import Records
from own_code import train
from tiny import blobs

DATA = blobs(200)
RECORDS = Records(DATA.x, DATA.y, DATA.classes)


def remarks(function: Any) -> tuple[str, ...]:
    return OwnTraining.of(function).tried(RECORDS).remarks


def test_a_function_that_repeats_itself_has_no_remarks() -> None:
    assert remarks(train) == ()


def test_one_that_does_not_is_told_and_by_how_much() -> None:
    calls = itertools.count()
    (sentence,) = remarks(_stateful(calls))
    assert "does not repeat itself: two models that were trained on the same 36 records with the same seed" in sentence
    assert "in a probability" in sentence


def _stateful(calls: "itertools.count[int]") -> Any:
    def drifts(x: Floats, y: Ints, seed: int) -> Any:
        return train(x, y, seed + next(calls))

    return drifts


def test_what_it_prints_is_told_once() -> None:
    def talks(x: Floats, y: Ints, seed: int) -> Any:
        print("epoch 1, loss 0.5")
        return train(x, y, seed)

    (sentence,) = remarks(talks)
    assert sentence.endswith("is not shown; the last line of a trial was: epoch 1, loss 0.5")


def test_one_that_needs_more_records_is_tried_on_half_of_them() -> None:
    sizes: list[int] = []

    def needs_more(x: Floats, y: Ints, seed: int) -> Any:
        sizes.append(len(y))
        if len(y) < 90:
            raise ValueError("too few")
        return train(x, y, seed)

    (sentence,) = remarks(needs_more)
    assert sentence.endswith("could not be tried: it fails on 36 records.")
    assert sizes == [36, 100]


def test_one_that_always_fails_is_told_before_anything_is_trained() -> None:
    with pytest.raises(UserError, match="given 100 records, returned None"):
        remarks(lambda x, y, seed: None)


def test_a_model_of_no_known_kind_is_told() -> None:
    with pytest.raises(UserError, match="cannot audit a set: expected one of"):
        remarks(lambda x, y, seed: {1})


def test_validation_records_are_there_in_the_trial() -> None:
    def stops(x: Floats, y: Ints, seed: int, x_val: Floats, y_val: Ints) -> Any:
        assert len(x_val) == len(y_val) > 0
        return train(x, y, seed)

    assert remarks(stops) == ()


def test_the_shared_records_stay_as_they_are() -> None:
    def spoils(x: Floats, y: Ints, seed: int) -> Any:
        model = train(x, y, seed)
        x[:] = 0.0
        return model

    before = DATA.x.copy()
    remarks(spoils)
    np.testing.assert_array_equal(DATA.x, before)
