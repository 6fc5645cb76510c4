"""A kind of recipe that miaudit does not know: one class, and nothing else has to be told."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.testing as npt
import pytest

from miaudit.arrays import Floats, Tensors
from miaudit.auditing.timing import seconds_per_model
from miaudit.auditing.trainable import check_trainable
from miaudit.errors import UserError
from miaudit.model_outputs import ModelOutputs
from miaudit.running.description import recipe_fields
from miaudit.running.explain import explain, known_jobs
from miaudit.running.units import samples, units
from miaudit.running.work import Work, do, outputs
from miaudit.store.local import LocalStore
from miaudit.training.base import AnyRecipe, is_recipe
from miaudit.training.data import Batch, Records, Tick, untold
from miaudit.training.device import common_device, processes_on
from miaudit.training.job import Method
from tiny import blobs, works

DATA = blobs()
RECORDS = Records(DATA.x, DATA.y, DATA.classes)


@dataclass(frozen=True, eq=False)
class Shares:
    """The share of each class, whatever the record."""

    shares: Floats

    def outputs(self, x: Floats) -> ModelOutputs:
        return ModelOutputs(np.tile(self.shares, (len(x), 1)), "probs")

    def tensors(self) -> Tensors:
        return {"shares": self.shares}


@dataclass(frozen=True)
class Counting(AnyRecipe):
    """Counts classes; fails without records of every class if it is strict."""

    prior: float = 1.0
    strict: bool = False

    @property
    def title(self) -> str:
        return "count"

    def code_version(self, shape: tuple[int, ...], classes: int, device: str = "cpu") -> str:
        return "counting/1"

    def train(self, records: Records, batch: Batch, device: str = "cpu", tick: Tick = untold) -> Iterator[Shares]:
        for subset in batch.subsets:
            counts = np.bincount(records.y[subset.rows], minlength=records.classes) + self.prior
            if self.strict and (counts == self.prior).any():
                raise ArithmeticError("a class is missing")
            yield Shares(counts / counts.sum())

    def restored(self, tensors: Tensors, records: Records, device: str = "cpu") -> Shares | None:
        return Shares(tensors["shares"]) if tensors.keys() == {"shares"} else None


def test_its_models_are_trained_asked_stored_and_restored(tmp_path: Path) -> None:
    store, (work, other) = LocalStore(tmp_path), works(DATA, Counting(), 2)
    assert do(work, RECORDS, store)
    counts = np.bincount(DATA.y[work.job.rows], minlength=3) + 1.0
    expected = np.tile(counts / counts.sum(), (len(DATA), 1))
    npt.assert_array_equal(outputs(work, store).values, expected)
    store.path(work.key).unlink()
    assert not do(work, RECORDS, store)  # asked again, not trained again
    npt.assert_array_equal(outputs(work, store).values, expected)
    store.path(work.key).unlink()
    store.put(work.job.key, {"weights": np.zeros(3)}, {"kind": "model"})
    with pytest.warns(UserWarning, match="damaged"):
        assert do(work, RECORDS, store)
    assert explain(other, store, known_jobs(store)).state == "missing"


def test_nothing_else_has_to_be_said_of_it(tmp_path: Path) -> None:
    how, all_works = Counting(), works(DATA, Counting(), 3)
    assert [len(unit) for unit in units(all_works, 2)] == [1, 1, 1]
    assert samples(all_works[0]) == 0
    assert seconds_per_model(all_works[0], DATA) is None
    assert common_device([how], "auto") == "cpu"
    assert processes_on("cpu", [how], (4,), 3, 2) == 2
    assert processes_on("cuda", [how], (4,), 3, None) == 1  # nobody knows its size
    assert how.settled("cpu") is how.with_precision(True) is how
    assert (how.network, how.in_bf16, how.needs_validation, how.needs_unlabelled) == (None, False, False, False)
    assert recipe_fields(how) == {"class": "Counting", "prior": 1.0, "strict": False}
    check_trainable(all_works, DATA, LocalStore(tmp_path))


def test_it_is_tried_before_models_are_trained(tmp_path: Path) -> None:
    lonely = Method.of(Counting(strict=True), DATA).job(np.flatnonzero(DATA.y == 0), 0)
    with pytest.raises(UserError, match=r"training a count failed on .* a class is missing"):
        check_trainable([Work(lonely, np.arange(9))], DATA, LocalStore(tmp_path))


def test_other_fields_name_other_models() -> None:
    keys = {work.job.key for prior in (1.0, 2.0) for work in works(DATA, Counting(prior), 2)}
    assert len(keys) == 4


def test_what_is_no_recipe_is_told_apart() -> None:
    assert is_recipe(Counting())
    assert not is_recipe(Counting)
    assert not is_recipe({"model": "mlp"})
