from contextlib import contextmanager
from typing import Any

import pytest

from miaudit.errors import UserError
from miaudit.running import local, ray_jobs, runners
from miaudit.running.base import Tally
from miaudit.running.local import LocalRunner
from miaudit.running.ray_jobs import RayRunner
from miaudit.running.runners import open_runner


@pytest.fixture
def joined(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A cluster of seven cores at every address; tells what was done to it."""
    told: list[str] = []

    @contextmanager
    def join(address: str) -> Any:
        told.append(f"joined {address}")
        yield 7
        told.append("left")

    monkeypatch.setattr(runners, "joined", join)
    return told


@pytest.mark.parametrize("jobs", [None, 3])
def test_without_an_address_this_machine_trains(joined: list[str], jobs: int | None) -> None:
    with open_runner(jobs) as runner:
        assert runner == LocalRunner(jobs)
        assert (runner.at_once, runner.processes_here) == (jobs, jobs)
    assert joined == []


def test_a_cluster_is_joined_for_the_block_and_attacks_still_run_here(joined: list[str]) -> None:
    with open_runner(ray="head:6379") as runner:
        assert (runner.at_once, runner.processes_here) == (7, None)
        assert joined == ["joined head:6379"]
    assert joined == ["joined head:6379", "left"]


def test_jobs_and_a_cluster_exclude_each_other(joined: list[str]) -> None:
    with pytest.raises(UserError, match=r"`jobs` \(--jobs\) is for this machine"), open_runner(2, "auto"):
        pass
    assert joined == []


@pytest.mark.parametrize(
    ("runner", "module", "function", "where"),
    [(LocalRunner(2), local, "run_local", 2), (RayRunner("head:1", 4), ray_jobs, "run_ray", "head:1")],
)
def test_a_runner_passes_on_what_it_is_given(
    monkeypatch: pytest.MonkeyPatch, runner: Any, module: Any, function: str, where: object
) -> None:
    called: list[Any] = []

    def run(*given: Any, **options: Any) -> Tally:
        called.extend([given, options])
        return Tally(1, 0, 0.5)

    monkeypatch.setattr(module, function, run)
    assert runner.run("works", "data", "store", "progress", "watch", "meta") == Tally(1, 0, 0.5)
    assert called == [("works", "data", "store", where, "progress"), {"watch": "watch", "device": "meta"}]
