"""A real cluster of two nodes on this machine, one of which is killed while it trains."""

import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy.testing as npt
import pytest

import shared_files
from miaudit.errors import UserError
from miaudit.running import messages, waiting
from miaudit.running import ray_jobs as run_ray_file
from miaudit.running.pace import Pace
from miaudit.running.ray_jobs import run_ray
from miaudit.running.work import Work, do_all
from miaudit.store.base import Store
from miaudit.store.local import LocalStore
from miaudit.store.remote import RemoteStore
from miaudit.training.base import AnyRecipe
from miaudit.training.data import Records
from miaudit.training.job import Method
from odd_models import DiesAlways, Refuses, Sleeps, StallsAwayFrom
from tiny import blobs, recipe, works

ray = pytest.importorskip("ray")

DATA = blobs()
DEADLINE = 120.0  # seconds: a guard, the machine may be busy
SMALL = {"num_cpus": 1, "object_store_memory": 80_000_000, "include_dashboard": False}
# A dead node is given up after a second; by default it takes Ray over fifteen.
WATCHFUL = {"health_check_initial_delay_ms": 0, "health_check_period_ms": 500, "health_check_failure_threshold": 4}


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """One node, and whatever a test adds; this process is connected to it."""
    from ray.cluster_utils import Cluster

    # Apart from other clusters on this machine; a short name, since sockets lie in it.
    with pytest.MonkeyPatch.context() as patch, TemporaryDirectory(prefix="ray", dir="/tmp") as folder:
        patch.setenv("RAY_TMPDIR", folder)
        patch.setenv("PYTHONPATH", str(Path(__file__).parents[1]), prepend=os.pathsep)  # for what workers import
        cluster = Cluster(initialize_head=True, head_node_args={**SMALL, "_system_config": WATCHFUL})
        ray.init(address=cluster.address, include_dashboard=False, log_to_driver=False, logging_level="ERROR")
        yield cluster
        ray.shutdown()
        cluster.shutdown()


@dataclass(frozen=True)
class Task:
    """What Ray makes of a function that yields messages: here, the function itself."""

    remote: Callable[..., Iterator[Any]]

    def options(self, **_: object) -> "Task":
        return self


class InProcess:
    """Ray with a single node, which is this process: a task goes on whenever its next message is awaited."""

    exceptions = ray.exceptions
    remote = Task

    def put(self, value: Any) -> Any:
        return value

    get = put

    def cluster_resources(self) -> dict[str, float]:
        return {"CPU": 1.0}

    def wait(self, tasks: list[Any], num_returns: int) -> tuple[list[Any], list[Any]]:
        return tasks[:num_returns], tasks[num_returns:]

    def cancel(self, task: Any, force: bool) -> None:
        task.close()


@pytest.fixture
def in_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """A cluster that takes no time to start, for what happens within a task."""
    monkeypatch.setattr(run_ray_file, "load_ray", InProcess)
    monkeypatch.setattr(run_ray_file, "joined", lambda _: nullcontext(1))


def trained_here(some: tuple[Work, ...], folder: Path) -> LocalStore:
    store, records = LocalStore(folder), Records(DATA.x, DATA.y, DATA.classes)
    for work in some:
        list(do_all([work], records, store))
    return store


def assert_same(some: tuple[Work, ...], one: Store, other: Store) -> None:
    for work in some:
        for key in (work.job.key, work.key):
            expected, found = one.get(key), other.get(key)
            assert expected is not None
            assert found is not None
            assert found.keys() == expected.keys()
            for name, value in expected.items():
                npt.assert_array_equal(found[name], value)


def test_a_node_that_is_killed_midway_costs_nothing(cluster: Any, tmp_path: Path) -> None:
    second = cluster.add_node(**SMALL)
    folder = tmp_path / "mark"
    folder.mkdir()
    stalling = recipe(model=StallsAwayFrom(cluster.head_node.node_id, str(folder)))
    alone, stacked = works(DATA, stalling, 4), works(DATA, recipe(epochs=30), 5)

    def kill_once_it_trains() -> None:
        end = time.monotonic() + DEADLINE
        while not (folder / "stalled").exists():
            assert time.monotonic() < end, "the second node was given nothing"
            time.sleep(0.05)
        cluster.remove_node(second, allow_graceful=False)

    seen: list[tuple[str, int, int]] = []
    store = LocalStore(tmp_path / "cluster")
    with ThreadPoolExecutor(1) as pool:
        killing = pool.submit(kill_once_it_trains)
        tally = run_ray((*alone, *stacked), DATA, store, progress=lambda *args: seen.append(args), stage="nets")
        killing.result()
    assert tally[:2] == (9, 0)
    assert (seen[0], seen[-1]) == (("nets", 0, 9), ("nets", 9, 9))
    assert_same((*alone, *stacked), trained_here((*alone, *stacked), tmp_path / "here"), store)


def test_a_store_behind_a_url_is_filled_by_the_nodes(cluster: Any, tmp_path: Path) -> None:
    store = RemoteStore(tmp_path / "near", f"shared://{tmp_path}/far")
    some = works(DATA, recipe(model=shared_files.Linear()), 2)
    assert run_ray(some, DATA, store)[:2] == (2, 0)
    assert_same(some, trained_here(some, tmp_path / "here"), store)
    assert run_ray(some, DATA, store)[:2] == (0, 2)


def test_the_pace_is_told(in_process: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(messages, "TICK", 0.0)
    paces: list[Pace] = []
    run_ray(works(DATA, recipe(epochs=5), 1), DATA, LocalStore(tmp_path), watch=paces.append)
    assert paces
    assert all(pace.samples_per_second > 0 for pace in paces)


def smaller(work: Work, how: AnyRecipe) -> Work:
    """Another recipe and fewer rows, so that it is begun last."""
    job = Method.of(how, DATA).job(work.job.rows[:-1], work.job.seed)
    return replace(work, job=job)


def test_a_model_whose_process_always_dies_is_named_and_the_rest_is_kept(
    cluster: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "ATTEMPTS", 2)  # each starts a process, which takes seconds
    store, (good,) = LocalStore(tmp_path), works(DATA, recipe(), 1)
    bad = smaller(good, recipe(model=DiesAlways()))
    with pytest.raises(UserError, match=r"29 records, seed 0, key \w+\) was killed 2 times.*more memory"):
        run_ray([bad, good], DATA, store)
    assert good.is_intact(store)


def test_a_job_that_fails_says_why(cluster: Any, tmp_path: Path) -> None:
    bad = works(DATA, recipe(model=Refuses()), 1)
    with pytest.raises(UserError, match=r"cannot be trained: RuntimeError: shapes \(4,\) and 3 cannot be multiplied"):
        run_ray(bad, DATA, LocalStore(tmp_path))


def test_a_node_with_other_versions_trains_nothing(in_process: None, tmp_path: Path) -> None:
    (work,) = works(DATA, recipe(), 1)
    old = replace(work, job=replace(work.job, code="plain/1 torch/1.0"))
    with pytest.raises(UserError, match=r"trains with .* torch/\d.*asks with plain/1 torch/1\.0: install the same"):
        run_ray([old], DATA, LocalStore(tmp_path))
    assert not old.is_trained(LocalStore(tmp_path))


def test_nodes_that_do_not_share_the_store_are_found_out(
    in_process: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_ray_file, "PATIENCE", 0.0)
    monkeypatch.setattr(LocalStore, "location", str(tmp_path / "elsewhere"))
    with pytest.raises(UserError, match=r"stored a model in .*elsewhere, and this machine does not find it"):
        run_ray(works(DATA, recipe(), 1), DATA, LocalStore(tmp_path / "here"))


def test_a_cluster_without_gpus_says_so(cluster: Any, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="device cuda: no node of the cluster has a GPU"):
        run_ray(works(DATA, recipe(), 1), DATA, LocalStore(tmp_path), device="cuda", gpus=0.5)


def test_an_interrupt_ends_the_tasks_and_keeps_what_is_finished(cluster: Any, tmp_path: Path) -> None:
    store, (good,) = LocalStore(tmp_path), works(DATA, recipe(), 1)
    endless = smaller(good, recipe(model=Sleeps(str(tmp_path))))

    def interrupt(_: str, done: int, __: int) -> None:
        if done == 1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_ray([good, endless], DATA, store, progress=interrupt)
    assert good.is_intact(store)
    end = time.monotonic() + DEADLINE
    while ray.available_resources().get("CPU", 0) < 1:
        assert time.monotonic() < end, "the task goes on"
        time.sleep(0.1)
