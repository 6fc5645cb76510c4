"""Fixtures that several folders share: one small audit on digits, run once for all, and the program."""

from __future__ import annotations

import gc
import multiprocessing as mp
import os
import pickle
import sys
from functools import cache
from typing import TYPE_CHECKING

import pytest
import yaml
from hypothesis import settings

if TYPE_CHECKING:  # imported late: the process that hands out the tests needs none of it
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser
    from typer import Typer

    from tiny import Audited, Call, Called
    from visits import Pages

# One thread for each process that tests: threads that wait for each other burn time where something else runs.
os.environ.setdefault("OMP_NUM_THREADS", "1")

# Bytecode is kept even where the environment forbids it, or every process would compile all of the sources anew.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# The same examples every time, so that a change alone can break a test; `make fuzz` looks for new ones.
settings.register_profile("seeded", derandomize=True, deadline=None)
settings.register_profile("fuzz", max_examples=2000, deadline=None)
settings.load_profile("seeded")


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """Look for tests in no other files: pytest would import what tests share once more, under a name of its own."""
    other = collection_path.suffix == ".py" and not collection_path.name.startswith("test_")
    return True if other else None


def pytest_xdist_auto_num_workers() -> int:
    """One process more than there are cores: some tests wait for processes that they began."""
    return (os.cpu_count() or 1) + 1


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the slow tests, so that no process is left with one at the end."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


def pytest_collection_finish() -> None:
    """Everything is imported: spare the garbage collector its passes over it, and keep no bytecode of what tests write.

    A module that a test writes twice within a second would be read from the bytecode of its first text.
    """
    gc.freeze()
    sys.dont_write_bytecode = True


@pytest.fixture(scope="session", autouse=True)
def named_imports() -> None:
    """The server of processes imports what workers need, also where a test starts it without a crew."""
    from miaudit.running.server import apart

    with apart():
        pass


@pytest.fixture(autouse=True)
def forked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Worker processes are forked from that server and begin at once; spawned ones take seconds."""
    from miaudit.running import crew

    if sys.platform != "win32":
        monkeypatch.setattr(crew, "START", mp.get_context("forkserver"))


@pytest.fixture
def spawned(forked: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Worker processes begin as they do on Windows and macOS."""
    from miaudit.running import crew

    monkeypatch.setattr(crew, "START", mp.get_context("spawn"))


@pytest.fixture(scope="session", autouse=True)
def no_surrogates() -> Iterator[None]:
    """Where nobody knows how a target was trained, no reference models are: the search for surrogates takes seconds."""
    from miaudit.auditing import from_model

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(from_model, "candidates", lambda *_: ())
        yield


@pytest.fixture(scope="session", autouse=True)
def one_blind_attack() -> Iterator[None]:
    """Audits of the same records share the blind attack on them, which would take longer than most audits."""
    from miaudit.auditing import checking
    from remembered import remembered_attack

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(checking, "attack_blindly", remembered_attack())
        yield


@pytest.fixture(autouse=True)
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test may try to download a data set, its subprocesses neither."""
    monkeypatch.setenv("MIAUDIT_OFFLINE", "1")


@pytest.fixture(scope="session")
def audited(tmp_path_factory: pytest.TempPathFactory) -> Audited:
    """The audit of `tiny.CONFIG`, run and saved by the first process that needs it."""
    from filelock import FileLock

    base = tmp_path_factory.getbasetemp()
    root = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "audited"
    kept = root / "audited.pickle"
    with FileLock(f"{root}.lock"):
        if not kept.exists():
            root.mkdir(exist_ok=True)
            kept.write_bytes(pickle.dumps(_audit_in(root)))
    found: Audited = pickle.loads(kept.read_bytes())
    return found


def _audit_in(root: Path) -> Audited:
    from miaudit.auditing.files import REPORT, save
    from miaudit.config import load_config
    from miaudit.report.html import write_report
    from miaudit.running.local import LocalRunner
    from miaudit.store.local import LocalStore
    from tiny import CONFIG, Audited, run_config

    config, store, folder = root / "small.yaml", LocalStore(root / "store"), root / "out"
    config.write_text(yaml.safe_dump(CONFIG))
    finished = run_config(load_config(config), store, LocalRunner(2))
    table = save(finished, folder)
    write_report(finished.result, table, folder / REPORT)
    return Audited(config, store, folder, finished)


@pytest.fixture(scope="session")
def parser() -> Callable[[Typer], object]:
    """The parser of the program, made once: it takes longer than most commands."""
    from typer.main import get_command

    return cache(get_command)


@pytest.fixture
def call(
    parser: Callable[[Typer], object], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Call:
    """`call("attacks", "lira")` is `miaudit attacks lira`, in this process."""
    import typer.main

    from miaudit.cli.main import run
    from tiny import Called

    monkeypatch.setattr(typer.main, "get_command", parser)
    monkeypatch.setenv("COLUMNS", "200")

    def called(*words: object) -> Called:
        monkeypatch.setattr(sys, "argv", ["miaudit", *map(str, words)])
        try:
            run()
            code = 0
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else int(end.code is not None)
        return Called(code, *capsys.readouterr())

    return called


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Headless Chromium, started once a process: a second one beside it would be refused."""
    from visits import chromium

    with chromium() as opened:
        yield opened


@pytest.fixture(scope="session")
def pages(browser: Browser) -> Pages:
    """Pages of the browser for reports."""
    from visits import Pages

    return Pages(browser)
