import time
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from sklearn.dummy import DummyClassifier

from miaudit.errors import UserError
from miaudit.splits.base import no_rows
from miaudit.training import estimators, timing
from miaudit.training import recipe as recipe_file
from miaudit.training.base import AnyRecipe
from miaudit.training.data import Batch, Records, Subset, Tick
from miaudit.training.estimators import EstimatorRecipe
from miaudit.training.hyperparameters import Hyperparameters
from miaudit.training.timing import Case, Part, Timed, along_a_line, along_a_power, time_parts
from odd_models import Refuses
from tiny import blobs, recipe

DATA = blobs(800)
PARTS = [Part(10), Part(20), Part(40), Part(40, 2)]


class Clock:
    """Advances by what a part takes."""

    def __init__(self, takes: Callable[[Part], float]) -> None:
        self.now, self.takes, self.run_parts = 0.0, takes, list[Part]()

    def run(self, part: Part) -> None:
        self.run_parts.append(part)
        self.now += self.takes(part)

    def perf_counter(self) -> float:
        return self.now


def clocked(monkeypatch: pytest.MonkeyPatch, takes: Callable[[Part], float]) -> Clock:
    clock = Clock(takes)
    monkeypatch.setattr(time, "perf_counter", clock.perf_counter)
    return clock


def seconds_of(how: AnyRecipe, together: int = 1) -> float | None:
    """For a model that is trained on 400 records and asked about 800."""
    records = Records(DATA.x, DATA.y, DATA.classes)
    return how.seconds_per_model(Case(records, Subset(np.arange(400), 0, no_rows()), np.arange(800), together))


def test_parts_are_run_until_one_takes_long_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = clocked(monkeypatch, lambda part: part.size / 25)
    timed = time_parts(clock.run, PARTS)
    assert [part.size for part in timed] == [10, 20, 40]
    assert [part.seconds for part in timed] == pytest.approx([0.4, 0.8, 1.6])
    assert clock.run_parts == [Part(10), Part(10), Part(20), Part(40)]  # the first one twice


def test_a_large_model_is_run_on_the_first_part_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = clocked(monkeypatch, lambda part: float(part.size))
    assert time_parts(clock.run, PARTS) == [Timed(10, 10.0)]
    assert clock.run_parts == [Part(10)]


def test_what_only_the_start_takes_is_not_multiplied() -> None:
    assert along_a_line([Timed(10, 5.1), Timed(20, 5.2)], 1000) == pytest.approx(
        5.2 + 980 * 0.065
    )  # at least a quarter
    assert along_a_line([Timed(100, 2.0), Timed(200, 3.0)], 1200) == pytest.approx(13.0)
    assert along_a_line([Timed(100, 1.0), Timed(200, 4.0)], 1000) == pytest.approx(20.0)  # no more than the mean
    assert along_a_line([Timed(10, 2.0)], 100) == pytest.approx(20.0)


def test_an_estimators_time_grows_by_the_power_that_was_seen() -> None:
    assert along_a_power([Timed(100, 1.0), Timed(200, 2.0)], 800) == pytest.approx(8.0)
    assert along_a_power([Timed(100, 1.0), Timed(200, 32.0)], 400) == pytest.approx(32.0 * 8)  # to the third at most
    assert along_a_power([Timed(100, 1.0), Timed(200, 1.0)], 400) == pytest.approx(2.0)  # at least in proportion
    assert along_a_power([Timed(100, 1.0)], 400) == pytest.approx(4.0)


def test_a_network_is_trained_on_a_few_batches_first(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[int, int, int]] = []

    def pretend(how: Hyperparameters, _: Records, batch: Batch, device: str, tick: Tick) -> Iterator[object]:
        del device, tick
        rows = len(batch.subsets[0].rows)
        seen.append((len(batch.subsets), rows, how.epochs))
        clock.now += len(batch.subsets) * rows * how.epochs * 0.001
        return iter(())

    clock = clocked(monkeypatch, lambda _: 0.0)
    monkeypatch.setattr(recipe_file, "train_networks", pretend)
    seconds = seconds_of(recipe(epochs=50), together=2)
    assert seen == [(2, rows, 1) for rows in (16, 16, 32, 64, 128, 256, 400)] + [
        (2, 400, 2)
    ]  # a stack of two, batches of 16
    assert seconds == pytest.approx(0.001 * (50 * 400 + 800 / 3))


def test_a_network_that_cannot_be_trained_is_refused() -> None:
    with pytest.raises(UserError, match="a model cannot be trained: RuntimeError: shapes"):
        seconds_of(recipe(model=Refuses()))


def test_an_estimator_is_fitted_and_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timing, "ENOUGH", 0.0)  # after the first part
    clock = clocked(monkeypatch, lambda _: 0.0)
    asked: list[int] = []

    def pretend(fitted: object, x: np.ndarray, classes: int, labels: None) -> None:
        asked.append(len(x))
        clock.now += 1.5

    monkeypatch.setattr(estimators, "estimator_outputs", pretend)
    assert seconds_of(EstimatorRecipe.of(DummyClassifier())) == pytest.approx(6.0)
    assert asked == [200, 200]  # 100 of 400 records, so a quarter of the 800 that are asked about


class Picky(DummyClassifier):  # type: ignore[misc]  # has no types
    """A classifier that wants many records."""

    def fit(self, x: np.ndarray, y: np.ndarray) -> "Picky":
        raise ValueError(f"{len(x)} records are too few")


def test_an_estimator_that_cannot_be_fitted_to_a_few_records_takes_nobody_knows_how_long() -> None:
    assert seconds_of(EstimatorRecipe.of(Picky())) is None
