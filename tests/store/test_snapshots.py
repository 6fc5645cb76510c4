import os
from pathlib import Path

import numpy as np
import numpy.testing as npt
import pytest

from miaudit.arrays import Tensors
from miaudit.store.local import LocalStore
from miaudit.store.reached import Reached
from miaudit.store.snapshots import JobSnapshots, reached_by
from miaudit.store.upkeep import damaged

JOB, OTHER = "ab" * 16, "cd" * 16
STATE: Tensors = {"network.weight": np.arange(6.0).reshape(2, 3), "epoch": np.array([3.0])}


def kept(root: Path, job: str = JOB) -> JobSnapshots:
    return JobSnapshots(LocalStore(root), job, {"data": "1" * 32})


def at(epoch: int) -> Reached:
    return Reached(epoch, 10, 100 * epoch, 60.0 * epoch)


def test_the_last_state_is_kept(tmp_path: Path) -> None:
    snapshots = kept(tmp_path)
    assert snapshots.read() is None
    snapshots.write({"x": np.zeros(1)}, at(1))
    snapshots.write(STATE, at(3))
    found = snapshots.read()
    assert found is not None
    assert found.keys() == STATE.keys()
    npt.assert_array_equal(found["network.weight"], STATE["network.weight"])
    assert tmp_path.stat().st_mode & 0o077 == 0  # as every store, its owner's alone
    assert kept(tmp_path, OTHER).read() is None


def test_a_state_does_not_go_back(tmp_path: Path) -> None:
    """Where two processes train the same model, the one that is ahead counts."""
    kept(tmp_path).write(STATE, at(3))
    kept(tmp_path).write({"x": np.zeros(1)}, at(2))
    found = kept(tmp_path).read()
    assert found is not None
    assert found.keys() == STATE.keys()


def test_it_is_an_entry_of_the_store(tmp_path: Path) -> None:
    kept(tmp_path).write(STATE, at(3))
    (entry,) = LocalStore(tmp_path).entries()
    assert (entry.kind, entry.key) == ("snapshot", JOB)
    told = {
        "kind": "snapshot",
        "job": JOB,
        "data": "1" * 32,
        "epoch": 3,
        "epochs": 10,
        "samples": 300,
        "seconds": 180.0,
    }
    assert entry.description == told
    assert not LocalStore(tmp_path).has(JOB)  # it is not the model


def test_parts_are_kept_apart_and_dropped_together(tmp_path: Path) -> None:
    whole, teacher, other = kept(tmp_path), kept(tmp_path).part("teacher"), kept(tmp_path, OTHER)
    assert not whole.is_part
    assert teacher.is_part
    for snapshots in (whole, teacher, other):
        snapshots.write({"x": np.zeros(1)}, at(2))
    teacher.write(STATE, at(10))
    os.utime(teacher.path, (1e9, 1e9))
    assert reached_by(LocalStore(tmp_path), JOB) == Reached(2, 10, 1200, 720.0)  # the teacher was first
    whole.drop()
    assert reached_by(LocalStore(tmp_path), JOB) is None
    assert [entry.key for entry in LocalStore(tmp_path).entries()] == [OTHER]


@pytest.mark.parametrize("content", [b"", b"damaged", None])
def test_a_damaged_one_is_reported_and_removed(tmp_path: Path, content: bytes | None) -> None:
    snapshots, store = kept(tmp_path), LocalStore(tmp_path)
    snapshots.write(STATE, at(3))
    flipped = bytearray(snapshots.path.read_bytes())
    flipped[-3] ^= 1
    snapshots.path.write_bytes(bytes(flipped) if content is None else content)
    assert len(list(damaged(store, store.entries()))) == 1
    with pytest.warns(UserWarning, match=f"{JOB}.safetensors is damaged or of another training: the model"):
        assert snapshots.read() is None
    assert store.entries() == []


def test_one_that_may_not_be_read_is_left_alone(tmp_path: Path) -> None:
    kept(tmp_path).path.mkdir(parents=True)
    with pytest.warns(UserWarning, match="a model is trained from the start: cannot read"):
        assert kept(tmp_path).read() is None


@pytest.mark.parametrize("told", [{}, {"epoch": "3"}, {"seconds": None}, {"samples": [1]}])
def test_crafted_descriptions_say_nothing(tmp_path: Path, told: dict[str, object]) -> None:
    LocalStore(tmp_path).put(JOB, STATE, {**at(3)._asdict(), "kind": "snapshot", **told} if told else {})
    (tmp_path / "snapshots").mkdir()
    LocalStore(tmp_path).path(JOB).rename(kept(tmp_path).path)
    assert reached_by(LocalStore(tmp_path), JOB) is None


def test_what_a_kill_leaves_of_a_write_is_a_leftover(tmp_path: Path) -> None:
    kept(tmp_path).write(STATE, at(3))
    kept(tmp_path).path.with_name(f"{JOB}.safetensors.0123.part").write_bytes(b"half")
    assert {entry.kind for entry in LocalStore(tmp_path).entries()} == {"snapshot", "leftover"}
    assert kept(tmp_path).read() is not None
