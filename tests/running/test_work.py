import errno
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.testing as npt
import pytest

from miaudit.arrays import Floats
from miaudit.datasets.base import Dataset
from miaudit.errors import UserError
from miaudit.models.base import predict
from miaudit.models.mlp import Mlp
from miaudit.models.smallnet import Smallnet
from miaudit.running.description import describe_model
from miaudit.running.units import samples_left
from miaudit.running.work import Work, clocked, do, do_all, outputs, training_seconds
from miaudit.splits.base import no_rows
from miaudit.store.base import Store
from miaudit.store.local import SNAPSHOTS, LocalStore
from miaudit.store.reached import Reached
from miaudit.store.remote import RemoteStore
from miaudit.store.snapshots import JobSnapshots
from miaudit.training import epochs
from miaudit.training.data import Records, Subset
from miaudit.training.fit import fit
from miaudit.training.fit_many import fit_many
from miaudit.training.recipe import Recipe
from tiny import blobs, recipe, works

DATA = blobs()
IMAGES = Dataset("images", np.random.default_rng(0).normal(size=(40, 1, 8, 8)).astype(np.float32), np.arange(40) % 3, 3)
PLAIN = [(DATA, recipe(model=Mlp(hidden=(8,), dropout=0.2))), (IMAGES, recipe(model=Smallnet()))]
NETWORKS = [*PLAIN, (DATA, recipe()), (IMAGES, recipe(bf16=True))]


def done(work: Work, data: Dataset, store: LocalStore) -> bool:
    return do(work, Records(data.x, data.y, data.classes), store)


@pytest.mark.parametrize(("data", "how"), PLAIN)
def test_outputs_are_those_of_the_fitted_network(tmp_path: Path, data: Dataset, how: Recipe) -> None:
    store, (work,) = LocalStore(tmp_path), works(data, how, 1)
    assert done(work, data, store)
    module = fit(how, Records(data.x, data.y, data.classes), Subset(work.job.rows, work.job.seed, no_rows()))
    npt.assert_array_equal(outputs(work, store).values, predict(module, data.x))


@pytest.mark.parametrize(("data", "how"), NETWORKS)
def test_outputs_of_a_stored_model_are_the_same_bits(tmp_path: Path, data: Dataset, how: Recipe) -> None:
    """As after a kill between the model and its outputs."""
    store, (work,) = LocalStore(tmp_path), works(data, how, 1)
    done(work, data, store)
    first = outputs(work, store).values
    store.path(work.key).unlink()
    assert not done(work, data, store)  # nothing was trained
    npt.assert_array_equal(outputs(work, store).values, first)


def test_finished_work_is_not_done_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store, (work,) = LocalStore(tmp_path), works(DATA, recipe(), 1)
    assert not work.is_trained(store)
    done(work, DATA, store)
    assert work.is_trained(store)
    assert work.is_done(store)
    monkeypatch.setattr(Recipe, "train", None)  # would fail if called
    assert not done(work, DATA, store)


def test_a_damaged_model_is_trained_again(tmp_path: Path) -> None:
    store, (work,) = LocalStore(tmp_path), works(DATA, recipe(), 1)
    done(work, DATA, store)
    first: Floats = outputs(work, store).values
    store.path(work.key).unlink()
    store.path(work.job.key).write_bytes(b"damaged")
    with pytest.warns(UserWarning, match="damaged"):
        assert done(work, DATA, store)
    npt.assert_array_equal(outputs(work, store).values, first)


def test_a_stack_is_trained_at_once_and_stored_one_by_one(tmp_path: Path) -> None:
    store, records = LocalStore(tmp_path), Records(DATA.x, DATA.y, DATA.classes)
    first, second, third, fourth = works(DATA, recipe(), 4)
    other = replace(second, query=np.arange(9))  # the same model asked about other records
    do(first, records, store)
    do(third, records, store)
    store.path(third.key).unlink()  # the model is there, what it said is not
    stack = [first, second, third, fourth, other]
    told: list[int] = []
    done_works = {work.key: trained for work, trained in do_all(stack, records, store, tick=told.append)}
    assert done_works == {
        first.key: False, third.key: False, second.key: True, other.key: True, fourth.key: True
    }  # fmt: skip
    assert told == [60, 60]  # two models of 30 records, two epochs
    # In batches of 9 and of 60 records: some processors then sum in another order.
    npt.assert_allclose(outputs(other, store).values, outputs(second, store).values[:9], atol=1e-6)
    networks = fit_many(recipe(), Records(DATA.x, DATA.y, DATA.classes), [w.job.subset for w in (fourth, first)])
    for work, network in zip((fourth, first), networks, strict=True):
        npt.assert_array_equal(outputs(work, store).values, predict(network, DATA.x))


def test_training_times_are_kept_with_the_models(tmp_path: Path) -> None:
    store, three = LocalStore(tmp_path), works(DATA, recipe(), 3)
    assert training_seconds(three, store) is None  # there are none
    for work in three:
        done(work, DATA, store)
    assert (training_seconds(three, store) or 0) > 0
    for work, seconds in zip(three, (1.5, 2.0, None), strict=True):  # the last as older versions did
        store.put(work.job.key, {"weight": np.zeros(1)}, describe_model(work.job, seconds))
    asked_again = replace(three[0], query=np.arange(9))
    assert training_seconds([*three[:2], asked_again], store) == 3.5  # a model counts once
    assert training_seconds(three, store) is None


def test_what_is_made_at_once_shares_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter(range(100))  # a second passes between any two looks at it

    monkeypatch.setattr("miaudit.running.work.time.perf_counter", lambda: next(clock))
    assert list(clocked("abc")) == [("a", 1), ("b", 1), ("c", 1)]
    assert list(clocked("abcd", at_once=2)) == [("a", 0.5), ("b", 0.5), ("c", 0.5), ("d", 0.5)]


def test_missing_outputs_are_named(tmp_path: Path) -> None:
    (work,) = works(DATA, recipe(), 1)
    with pytest.raises(UserError, match=f"{work.job.key} are in the store any more: were files removed"):
        outputs(work, LocalStore(tmp_path))


def interrupted(store: Store, work: Work) -> None:
    """Leave a snapshot of the training after two of its epochs."""
    told = list[int]()

    def interrupt(count: int) -> None:
        told.append(count)
        if len(told) == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        list(do_all([work], Records(DATA.x, DATA.y, DATA.classes), store, tick=interrupt))


@pytest.mark.parametrize("url", ["", "memory://test_work/far"])
def test_an_interrupted_training_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setattr(epochs, "EVERY", 0.0)
    monkeypatch.setattr(epochs, "SHARE", np.inf)
    near, quiet = LocalStore(tmp_path / "store"), LocalStore(tmp_path / "quiet")
    store = RemoteStore(near.root, url) if url else near
    how = recipe(model=Mlp(hidden=(8,), dropout=0.2), epochs=5)
    (work,) = works(DATA, how, 1)
    done(work, DATA, quiet)
    interrupted(store, work)
    assert samples_left(work, store) == 3 * 30  # two of five epochs are done
    (begun,) = near.entries()  # of a store behind a URL, too, it is on this machine
    assert begun.description["recipe_fields"]["model.hidden"] == [8]
    assert not work.is_trained(store)
    told = list[int]()
    list(do_all([work], Records(DATA.x, DATA.y, DATA.classes), store, tick=told.append))
    assert told == [30, 30, 30]
    npt.assert_array_equal(outputs(work, store).values, outputs(work, quiet).values)
    assert {entry.kind for entry in store.entries()} == {"model", "outputs"}
    assert "snapshot" not in {entry.kind for entry in near.entries()}  # nothing is left over
    seconds = training_seconds([work], store)
    assert seconds is not None
    assert seconds > begun.description["seconds"]


def test_the_time_of_a_refused_snapshot_does_not_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(epochs, "EVERY", 0.0)
    monkeypatch.setattr(epochs, "SHARE", np.inf)
    store = LocalStore(tmp_path)
    (work,) = works(DATA, recipe(model=Mlp(hidden=(8,), dropout=0.2), epochs=5), 1)
    interrupted(store, work)
    kept = JobSnapshots(store, work.job.key)
    state = kept.read()
    assert state is not None
    kept.write({name: value for name, value in state.items() if name != "epoch"}, Reached(4, 5, 120, 1e6))
    with pytest.warns(UserWarning, match="of another training"):
        done(work, DATA, store)
    seconds = training_seconds([work], store)
    assert seconds is not None
    assert 0 < seconds < 1e6


def test_a_snapshot_for_which_the_disk_has_no_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(epochs, "EVERY", 0.0)
    monkeypatch.setattr(epochs, "SHARE", np.inf)
    store, quiet = LocalStore(tmp_path / "store"), LocalStore(tmp_path / "quiet")
    (work,) = works(DATA, recipe(model=Mlp(hidden=(8,), dropout=0.2), epochs=5), 1)
    done(work, DATA, quiet)
    renamed = Path.replace

    def full(path: Path, target: Path) -> Path:
        if target.parent.name == SNAPSHOTS:
            raise OSError(errno.ENOSPC, "No space left on device")
        return renamed(path, target)

    monkeypatch.setattr(Path, "replace", full)
    with pytest.warns(UserWarning, match="training goes on without snapshots: .*No space left on device") as told:
        done(work, DATA, store)
    assert len(told) == 1
    assert {entry.kind for entry in store.entries()} == {"model", "outputs"}  # nothing is left of the snapshot
    npt.assert_array_equal(outputs(work, store).values, outputs(work, quiet).values)
