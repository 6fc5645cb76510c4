# ruff: noqa: ARG005  # which arguments a function takes is what is tested
"""The user's training function: what it may take, and how its faults are told."""

import random
import re
from functools import partial
from typing import Any

import numpy as np
import pytest
import torch
from sklearn.ensemble import RandomForestClassifier

from miaudit.errors import UserError
from miaudit.own.function import Lesson, TrainingFunction

X, Y = np.zeros((4, 2)), np.array([0, 1, 0, 1])
LESSON = Lesson(X, Y, 7, X[:1], Y[:1])


@pytest.mark.parametrize(
    ("function", "given"),
    [
        (lambda x, y, seed: (len(x), len(y), seed), (4, 4, 7)),
        (lambda x, y, random_state: random_state, 7),
        (lambda x, y: len(x), 4),
        (lambda x, y, epochs=3: epochs, 3),
        (lambda features, labels, seed, x_val, y_val: (seed, len(x_val), len(y_val)), (7, 1, 1)),
        (lambda x, y, *, seed, **more: (seed, more), (7, {})),
        (lambda *args, **named: (len(args), named), (2, {"seed": 7})),
        (partial(lambda x, y, seed, rate: (seed, rate), rate=0.5), (7, 0.5)),
    ],
)
def test_it_is_given_what_its_signature_takes(function: Any, given: object) -> None:
    assert TrainingFunction.of(function).train(LESSON).model == given


class Machine:
    def __call__(self, x: Any, y: Any, seed: int) -> int:
        return seed


def test_any_object_that_can_be_called_will_do() -> None:
    function = TrainingFunction.of(Machine())
    assert function.train(LESSON).model == 7
    assert function.name == "Machine()"


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (lambda x: x, r"expected a function train\(x, y, seed\) -> model.*takes \(x\)"),
        (lambda x, y, seed, rate: x, "missing a required argument: 'rate'"),
        (lambda x, y, seed, x_val: x, "missing a required argument: 'x_val'"),
        (3, "expected a function .* got 3"),
        (Machine, "expected a function .* got .*Machine"),
        (RandomForestClassifier(), "give an estimator as `recipe`"),
        ("fit.py", "expected a file and a function, such as fit.py:train"),
    ],
)
def test_what_cannot_be_called_is_refused(given: object, message: str) -> None:
    with pytest.raises(UserError, match=message):
        TrainingFunction.of(given)


def test_a_fault_is_told_with_name_count_line_and_what_was_printed() -> None:
    def fails(x: Any, y: Any, seed: int) -> None:
        print("epoch 1\nepoch 2")
        raise RuntimeError("no more")

    with pytest.raises(UserError) as caught:
        TrainingFunction.of(fails).train(LESSON)
    expected = (
        r"fails\(\) of test_function.py, given 4 records, failed in line \d+ \(raise RuntimeError\(.no more.\)\): "
        "RuntimeError: no more; the last line that it printed: epoch 2"
    )
    assert re.fullmatch(expected, str(caught.value))


def test_nothing_returned_is_told() -> None:
    with pytest.raises(
        UserError, match=r"<lambda>\(\) of .*, given 4 records, returned None: end it by `return model`"
    ):
        TrainingFunction.of(lambda x, y, seed: None).train(LESSON)


def test_a_script_that_leaves_is_told() -> None:
    def leaves(x: Any, y: Any, seed: int) -> None:
        raise SystemExit(3)

    with pytest.raises(UserError, match="SystemExit: 3"):
        TrainingFunction.of(leaves).train(LESSON)


def test_what_it_prints_is_heard_and_not_shown(capsys: pytest.CaptureFixture[str]) -> None:
    def talks(x: Any, y: Any, seed: int) -> int:
        print("loss 1", end="\r")
        print("loss 2", flush=True)
        return 1

    assert TrainingFunction.of(talks).train(LESSON).printed == "loss 2"
    assert capsys.readouterr().out == ""


def test_generators_that_all_code_shares_follow_the_seed_and_go_on_afterwards() -> None:
    def draws(x: Any, y: Any) -> tuple[float, ...]:
        return random.random(), float(np.random.rand()), float(torch.rand(()))  # noqa: NPY002

    function = TrainingFunction.of(draws)

    def state() -> tuple[object, ...]:
        return random.getstate(), np.random.get_state()[1].tolist(), torch.get_rng_state().tolist()  # type: ignore[index] # noqa: NPY002

    before = state()
    first, second, other = (function.train(LESSON._replace(seed=seed)).model for seed in (7, 7, 8))
    assert first == second
    assert all(a != b for a, b in zip(first, other, strict=True))
    assert state() == before
