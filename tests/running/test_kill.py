"""Killed at any moment, a training run loses the models on their way and nothing else."""

import sys
import time
from pathlib import Path

import numpy as np
import pytest

from miaudit.arrays import Tensors
from miaudit.store.entry import digest
from miaudit.store.local import LocalStore
from miaudit.store.upkeep import collect, damaged
from store_runs import begin, collect_again_and_again, train, units

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="processes cannot be forked")

MOMENTS = 8
FILES = 2 * 8  # models and their outputs
PATIENCE = 120.0  # seconds: a guard, the machine may be busy


def content(root: Path) -> dict[str, str]:
    """What the store says about each work: a digest of the model's weights and of its outputs."""
    store = LocalStore(root)
    keys = [key for unit in units() for work in unit for key in (work.job.key, work.key)]
    found: dict[str, Tensors | None] = {key: store.get(key) for key in keys}
    return {key: digest(tensors) for key, tensors in found.items() if tensors is not None}


def finished(root: Path) -> dict[Path, int]:
    """Whole files, and which file each name stands for: one that is written again is another."""
    return {path: path.stat().st_ino for path in root.glob("??/*.safetensors")}


@pytest.fixture(scope="module")
def quiet(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The content of a store that was filled without an interruption."""
    root = tmp_path_factory.mktemp("quiet")
    train(root)
    found = content(root)
    assert len(found) == FILES
    return found


def kill_at(root: Path, files: int, later: float) -> bool:
    """Kill a run some seconds after it has written so many files; False where it ended before."""
    process = begin(train, root)
    end = time.monotonic() + PATIENCE
    while process.is_alive() and len(finished(root)) < files:
        assert time.monotonic() < end, "training does not go on"
        time.sleep(0.001)
    time.sleep(later)
    process.kill()
    process.join()
    return process.exitcode != 0


def test_killed_at_random_moments_it_ends_at_the_same_bits(tmp_path: Path, quiet: dict[str, str]) -> None:
    rng = np.random.default_rng()
    killed = 0
    for i in range(MOMENTS):
        root, moment = tmp_path / str(i), (int(rng.integers(FILES)), float(rng.exponential(0.01)))
        killed += kill_at(root, *moment)
        before = finished(root)
        assert list(damaged(LocalStore(root), LocalStore(root).entries())) == [], moment
        assert content(root).items() <= quiet.items(), moment
        train(root)
        assert content(root) == quiet, moment
        assert before.items() <= finished(root).items(), f"{moment}: what was finished was made again"
    assert killed > MOMENTS / 2


def test_a_run_that_is_killed_again_and_again_ends(tmp_path: Path, quiet: dict[str, str]) -> None:
    for files in range(0, FILES, 3):
        kill_at(tmp_path, files, 0.0)
    train(tmp_path)
    assert content(tmp_path) == quiet
    collect(LocalStore(tmp_path), now=time.time() + 7200)
    assert {entry.kind for entry in LocalStore(tmp_path).entries()} == {"model", "outputs"}


@pytest.mark.parametrize("attempt", range(3))
def test_two_runs_and_a_collection_at_once_do_not_harm_each_other(
    tmp_path: Path, quiet: dict[str, str], attempt: int
) -> None:
    runs = [begin(train, tmp_path) for _ in range(2)]
    collector = begin(collect_again_and_again, tmp_path)
    for run in runs:
        run.join(PATIENCE)
        assert run.exitcode == 0  # it could read all that it needs
    collector.kill()
    collector.join()
    train(tmp_path)
    found = content(tmp_path)
    assert found.items() <= quiet.items()
    # Of models whose outputs are still there, some may have gone once both runs had ended.
    assert {work.key for unit in units() for work in unit} <= found.keys()


def test_what_nobody_uses_any_more_is_collected_meanwhile(tmp_path: Path) -> None:
    """The collection of the test above does remove things."""
    train(tmp_path)
    collector = begin(collect_again_and_again, tmp_path)
    end = time.monotonic() + PATIENCE
    while finished(tmp_path):
        assert time.monotonic() < end
        time.sleep(0.01)
    collector.kill()
    collector.join()
