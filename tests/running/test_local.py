import multiprocessing as mp
import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Generator, Sequence
from dataclasses import replace
from multiprocessing.process import BaseProcess
from pathlib import Path

import numpy as np
import numpy.testing as npt
import psutil
import pytest

from miaudit.errors import UserError
from miaudit.fingerprint import fingerprint
from miaudit.running import local as run_local_file
from miaudit.running import work as work_file
from miaudit.running.base import unwatched
from miaudit.running.crew import do_units
from miaudit.running.follow import follow
from miaudit.running.local import Files, Training, run_local
from miaudit.running.messages import Done, Message
from miaudit.running.pace import Pace
from miaudit.running.work import Work, do, do_all, outputs
from miaudit.store.local import LocalStore
from miaudit.training.data import Records
from miaudit.training.threads import one_thread
from odd_models import CountsThreads, DiesAlways, DiesOnce, Refuses, Sleeps, Unreadable
from tiny import blobs, recipe, works

DATA = blobs()
ONE_THREAD = recipe(model=CountsThreads())
DEADLINE = 120.0  # seconds: a guard, the machine may be busy


def fewer_rows(work: Work) -> Work:
    """Shorter, so that it is begun last."""
    return replace(work, job=replace(work.job, rows=work.job.rows[:-1]))


def until(condition: object) -> None:
    assert callable(condition)
    end = time.monotonic() + DEADLINE
    while not condition():
        assert time.monotonic() < end, "nothing happened"
        time.sleep(0.05)


@pytest.mark.usefixtures("spawned")
def test_two_workers_on_one_thread_each_train_what_one_process_trains(tmp_path: Path) -> None:
    store, all_works = LocalStore(tmp_path / "pool"), works(DATA, ONE_THREAD, 3)
    seen: list[tuple[str, int, int]] = []
    tally = run_local(all_works, DATA, store, 2, lambda *args: seen.append(args), "nets")
    assert tally[:2] == (3, 0)
    assert seen[0] == ("nets", 0, 3)
    assert seen[-1] == ("nets", 3, 3)

    alone = LocalStore(tmp_path / "alone")
    for work in reversed(works(DATA, replace(ONE_THREAD, model=CountsThreads()), 3)):
        with one_thread():
            do(work, Records(DATA.x, DATA.y, DATA.classes), alone)
    for work in all_works:
        npt.assert_array_equal(outputs(work, store).values, outputs(work, alone).values)

    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.safetensors")}
    assert run_local(all_works, DATA, store, 2)[:2] == (0, 3)
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.safetensors")} == before


def test_nothing_to_do_starts_no_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store, (work,) = LocalStore(tmp_path), works(DATA, recipe(), 1)
    do(work, Records(DATA.x, DATA.y, DATA.classes), store)
    monkeypatch.setattr(run_local_file, "do_units", None)  # would fail if called
    assert run_local([work], DATA, store)[:2] == (0, 1)


def test_a_worker_killed_in_the_middle_is_survived(tmp_path: Path) -> None:
    store = LocalStore(tmp_path)
    all_works = works(DATA, recipe(model=DiesOnce(str(tmp_path))), 3)
    run_local(all_works, DATA, store, 2)
    assert (tmp_path / "died").exists()
    assert all(work.is_intact(store) for work in all_works)


def test_a_stack_that_is_interrupted_or_killed_gives_the_same_models(tmp_path: Path) -> None:
    store, quiet = LocalStore(tmp_path / "hit"), LocalStore(tmp_path / "quiet")
    stack = tuple(
        replace(work, job=replace(work.job, rows=work.job.rows[: 30 - 7 * i]))
        for i, work in enumerate(works(DATA, recipe(epochs=1200), 4))
    )
    with one_thread():
        assert all(trained for _, trained in do_all(stack[1:], Records(DATA.x, DATA.y, DATA.classes), quiet))

    def interrupt(pace: Pace) -> None:
        assert pace.samples_per_second > 0
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_local(stack[:2], DATA, store, 1, watch=interrupt)
    assert mp.active_children() == []
    assert not any(work.is_trained(store) for work in stack)  # both were on the way

    killed: list[BaseProcess] = []

    def kill_once(_: Pace) -> None:
        if not killed:
            (worker,) = mp.active_children()
            worker.kill()
            killed.append(worker)

    assert run_local(stack, DATA, store, 1, watch=kill_once)[:2] == (4, 0)
    assert len(killed) == 1
    for work in stack[1:]:
        npt.assert_array_equal(outputs(work, store).values, outputs(work, quiet).values)
        assert store.get(work.job.key) is not None


def test_a_worker_that_is_always_killed_is_given_up_and_the_rest_is_kept(tmp_path: Path) -> None:
    store = LocalStore(tmp_path)
    (good,), (bad,) = works(DATA, recipe(), 1), works(DATA, recipe(model=DiesAlways()), 1)
    with pytest.raises(UserError, match=r"29 records, seed 0, key \w+\) was killed 3 times.*fewer --jobs"):
        run_local([fewer_rows(bad), good], DATA, store, 1)
    assert good.is_intact(store)
    assert mp.active_children() == []


def test_a_job_that_fails_says_why_and_the_rest_is_kept(tmp_path: Path) -> None:
    store = LocalStore(tmp_path)
    (good,), (bad,) = works(DATA, recipe(), 1), works(DATA, recipe(model=Refuses()), 1)
    with pytest.raises(UserError, match=r"cannot be trained: RuntimeError: shapes \(4,\) and 3 cannot be multiplied"):
        run_local([fewer_rows(bad), good], DATA, store, 1)
    assert good.is_intact(store)


def test_work_that_cannot_be_read_where_it_is_done_says_why(tmp_path: Path) -> None:
    bad = works(DATA, recipe(model=Unreadable()), 1)
    with pytest.raises(UserError, match="cannot be trained: ModuleNotFoundError: No module named 'elsewhere'"):
        run_local(bad, DATA, LocalStore(tmp_path), 1)
    assert mp.active_children() == []


def test_data_that_cannot_be_mapped_says_why(tmp_path: Path) -> None:
    files = Files("", {"x": tmp_path / "gone-x.npy"}, {})
    gone = Training(files, tmp_path / "gone-y.npy", 3, LocalStore(tmp_path), "cpu")
    with pytest.raises(UserError, match=r"cannot be trained: FileNotFoundError: .*gone-x\.npy"):
        list(do_units([works(DATA, recipe(), 1)], 1, gone))


def test_damaged_outputs_are_made_again_in_the_same_run(tmp_path: Path) -> None:
    store, (work,) = LocalStore(tmp_path), works(DATA, recipe(), 1)
    do(work, Records(DATA.x, DATA.y, DATA.classes), store)
    first = outputs(work, store).values
    store.path(work.key).write_bytes(b"damaged")
    with pytest.warns(UserWarning, match="damaged"):
        tally = run_local([work], DATA, store, 1)
    assert tally[:2] == (0, 1)  # the model was still there
    npt.assert_array_equal(outputs(work, store).values, first)


def test_an_interrupt_ends_the_workers_and_keeps_what_is_finished(tmp_path: Path) -> None:
    store = LocalStore(tmp_path)
    (good,), (slow,) = works(DATA, recipe(), 1), works(DATA, recipe(model=Sleeps(str(tmp_path))), 1)

    def interrupt(_: str, done: int, __: int) -> None:
        if done == 1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_local([fewer_rows(slow), good], DATA, store, 1, interrupt)
    assert good.is_intact(store)
    assert mp.active_children() == []


def script(folder: Path, text: str) -> list[str]:
    path = folder / "script.py"
    path.write_text(textwrap.dedent(text))
    return [sys.executable, str(path)]


def environment() -> dict[str, str]:
    """With the tests' helpers within reach."""
    paths = [str(Path(__file__).parents[1]), *filter(None, [os.environ.get("PYTHONPATH")])]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}


def test_workers_die_with_a_killed_parent(tmp_path: Path) -> None:
    command = script(
        tmp_path,
        f"""
        from pathlib import Path
        from miaudit.store.local import LocalStore
        from miaudit.running.local import run_local
        from odd_models import Sleeps
        from tiny import blobs, recipe, works

        folder = Path({str(tmp_path)!r})
        run_local(works(blobs(), recipe(model=Sleeps(str(folder))), 2), blobs(), LocalStore(folder), 2)
        """,
    )
    with subprocess.Popen(command, env=environment()) as parent:
        until(lambda: len(list(tmp_path.glob("*.begun"))) == 2)
        children = psutil.Process(parent.pid).children(recursive=True)
        begun = {int(path.stem) for path in tmp_path.glob("*.begun")}
        assert begun <= {child.pid for child in children}
        parent.send_signal(signal.SIGKILL)
    until(lambda: not any(child.is_running() and child.status() != psutil.STATUS_ZOMBIE for child in children))


def test_a_script_needs_no_main_guard_and_may_define_its_own_model(tmp_path: Path) -> None:
    command = script(
        tmp_path,
        f"""
        from dataclasses import dataclass
        from pathlib import Path
        from torch import nn
        from miaudit.store.local import LocalStore
        from miaudit.running.local import run_local
        from tiny import blobs, recipe, works

        @dataclass(frozen=True)
        class Own:
            def build(self, shape, classes):
                return nn.Linear(shape[0], classes)

        print("script")
        print(run_local(works(blobs(), recipe(model=Own()), 2), blobs(), LocalStore(Path({str(tmp_path)!r})), 2)[:2])
        """,
    )
    done = subprocess.run(command, env=environment(), capture_output=True, text=True, check=False)
    assert done.stdout == "script\n(2, 0)\n", done.stderr
    assert np.load(next((tmp_path / "data").glob("*-x.npy"))).shape == (60, 4)


def test_a_message_costs_no_look_at_every_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    all_works = works(DATA, recipe(), 50)
    hashed: list[object] = []

    def counted(*parts: object) -> str:
        hashed.append(parts)
        return fingerprint(*parts)

    monkeypatch.setattr(work_file, "fingerprint", counted)

    def do(missing: Sequence[Work]) -> Generator[Message[bool], None, None]:
        for work in missing:
            yield Done(work.key, True)

    seen: list[int] = []
    store = LocalStore(tmp_path)
    tally = follow((*all_works, all_works[0]), store, do, lambda *told: seen.append(told[1]), "nets", unwatched)
    assert len(hashed) == 50
    assert seen == [0, 2, *range(3, 52)]  # the first is asked for twice
    assert tally[:2] == (50, 1)
