# ruff: noqa: ARG005  # which arguments a function takes is what is tested
"""Models by the user's own training code: their names, their answers, and where they are trained."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.testing as npt
import pytest
import sklearn

from miaudit.answers import Answerer
from miaudit.arrays import Floats, Ints
from miaudit.errors import UserError
from miaudit.own.recipe import OwnTraining
from miaudit.running.local import run_local
from miaudit.running.ray_jobs import run_ray
from miaudit.running.work import Work, outputs
from miaudit.store.local import LocalStore
from miaudit.training.data import Batch, Records, Subset
from miaudit.training.job import Method
from miaudit.training.timing import Case
from own_code import forest, train, written
from tiny import blobs, half, works

DATA = blobs()
RECORDS = Records(DATA.x, DATA.y, DATA.classes)
EVERYTHING = np.arange(len(DATA))
NO_ROWS = np.arange(0)


def recipe(given: object = train) -> OwnTraining:
    return OwnTraining.of(given).tried(RECORDS)


def key(given: object) -> str:
    return Method.of(OwnTraining.of(given), DATA).job(EVERYTHING, 0).key


def closure(rate: float) -> Callable[..., Any]:
    def trains(x: Floats, y: Ints, seed: int) -> Any:
        return forest(x, y, int(seed * rate))

    return trains


def test_a_models_name_follows_from_source_closure_and_libraries() -> None:
    keys = [key(given) for given in (train, forest, closure(1.0), closure(2.0), lambda x, y, seed: forest(x, y, seed))]
    assert len(set(keys)) == len(keys)
    assert key(closure(1.0)) == keys[2]
    assert f"sklearn {sklearn.__version__}" in OwnTraining.of(forest).library


def test_a_file_that_is_edited_or_moved(tmp_path: Path) -> None:
    first, second = tmp_path / "one", tmp_path / "two"
    for folder in (first, second):
        folder.mkdir()
    keys = [key(f"{written(folder)}:train") for folder in (first, second)]
    assert keys[0] == keys[1]
    path = written(first)
    path.write_text(path.read_text().replace(".mean(axis=0)", ".max(axis=0)"))
    assert key(f"{path}:train") != keys[0]


def test_where_the_content_is_unknown_models_are_not_reused() -> None:
    lines = (line for line in "a")  # whose content cannot be told without using it up
    with pytest.warns(UserWarning, match=r"models that .* trains will not be reused in later runs"):
        own = OwnTraining.of(lambda x, y, seed: lines and train(x, y, seed))
    assert "unknown" in own.library


def test_models_are_a_function_of_rows_and_seed() -> None:
    own = recipe()
    subsets = [Subset(half(60, 0), 3, NO_ROWS), Subset(half(60, 1), 3, NO_ROWS), Subset(half(60, 0), 4, NO_ROWS)]
    first, *others = (model.outputs(DATA.x).values for model in own.train(RECORDS, Batch(subsets)))
    expected = train(DATA.x[half(60, 0)], DATA.y[half(60, 0)], 3).logits(DATA.x)
    npt.assert_allclose(first, expected)
    assert own.output_kind == "logits"
    assert all((other != first).any() for other in others)


def test_seeds_are_small_enough_for_every_library() -> None:
    seen: list[int] = []
    own = OwnTraining.of(lambda x, y, seed: seen.append(seed) or train(x, y, seed))  # type: ignore[func-returns-value]
    list(own.train(RECORDS, Batch([Subset(EVERYTHING, 2**62 + 5, NO_ROWS)])))
    assert seen == [5]


def test_validation_records_reach_the_function() -> None:
    seen: list[int] = []

    def stops(x: Floats, y: Ints, seed: int, x_val: Floats, y_val: Ints) -> Any:
        seen.append(len(y_val))
        return train(x, y, seed)

    own = OwnTraining.of(stops)
    assert own.needs_validation
    list(own.train(RECORDS, Batch([Subset(EVERYTHING[:50], 0, EVERYTHING[50:])])))
    assert seen == [10]


@pytest.mark.parametrize("given", [train, forest])
def test_processes_train_the_same_models(given: Any, tmp_path: Path) -> None:
    own, store = recipe(given), LocalStore(tmp_path)
    todo = works(DATA, own, 2)
    assert run_local(todo, DATA, store, jobs=1).trained == 2
    for work in todo:
        (model,) = own.train(RECORDS, Batch([work.job.subset]))
        npt.assert_array_equal(outputs(work, store).values, model.outputs(DATA.x).values)
    assert run_local(todo, DATA, store, jobs=1)[:2] == (0, 2)


def test_a_file_reaches_the_processes(tmp_path: Path) -> None:
    own, store = recipe(f"{written(tmp_path)}:train"), LocalStore(tmp_path / "store")
    run_local(works(DATA, own, 1), DATA, store, jobs=1)


def test_what_cannot_be_sent_is_trained_here(tmp_path: Path) -> None:
    lock, store = threading.Lock(), LocalStore(tmp_path)

    def locked(x: Floats, y: Ints, seed: int) -> Any:
        with lock:
            return train(x, y, seed)

    own = recipe(locked)
    assert own.stays_here
    assert "trains in this process, one model after another" in own.remarks[0]
    todo = works(DATA, own, 2)
    assert run_local(todo, DATA, store, jobs=2).trained == 2
    assert all(work.is_done(store) for work in todo)
    with pytest.raises(UserError, match="cannot be sent to other machines"):
        run_ray(works(DATA, own, 3), DATA, LocalStore(tmp_path / "other"))


def test_a_fault_in_a_process_is_told(tmp_path: Path) -> None:
    def fails(x: Floats, y: Ints, seed: int) -> Any:
        raise RuntimeError(f"seed {seed}")

    work = Work(Method.of(OwnTraining.of(fails), DATA).job(half(60, 0), 5), EVERYTHING)
    with pytest.raises(UserError, match=r"fails\(\) of test_recipe.py, given 30 records, failed.*RuntimeError: seed 5"):
        run_local([work], DATA, LocalStore(tmp_path), jobs=1)


def test_answers_are_read_as_those_of_the_target() -> None:
    class Rates:  # never sure, so that its answers look like probabilities
        description = "rates"

        def predict_proba(self, x: Floats) -> Floats:
            return np.full((len(x), 3), 1 / 3)

        classes_ = np.arange(3)

    own = OwnTraining.of(lambda x, y, seed: Rates())
    assert own.tried(RECORDS, Answerer("Other", "labels")).asked == "auto"
    assert own.tried(RECORDS).output_kind == "probs"


def test_its_time_is_foretold() -> None:
    case = Case(RECORDS, Subset(EVERYTHING, 0, NO_ROWS), EVERYTHING)
    seconds = recipe().seconds_per_model(case)
    assert seconds is not None
    assert 0 < seconds < 5
    assert OwnTraining.of(lambda x, y, seed: None).seconds_per_model(case) is None
