"""Fixtures that several folders share: one small audit on digits, trained once a process, and the program."""

import sys

import pytest
import yaml

from miaudit.running.local import LocalRunner
from miaudit.store.checkpoints import Store
from tiny import CONFIG, Audited, Call, Called, run_config


@pytest.fixture(autouse=True)
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test may try to download a data set, its subprocesses neither."""
    monkeypatch.setenv("MIAUDIT_OFFLINE", "1")


@pytest.fixture(scope="session")
def audited(tmp_path_factory: pytest.TempPathFactory) -> Audited:
    """The audit of `tiny.CONFIG`, run and saved."""
    from miaudit.auditing.files import REPORT, save
    from miaudit.config import load_config
    from miaudit.report.html import write_report

    root = tmp_path_factory.mktemp("audited")
    config, store, folder = root / "small.yaml", Store(root / "store"), root / "out"
    config.write_text(yaml.safe_dump(CONFIG))
    finished = run_config(load_config(config), store, LocalRunner(2))
    table = save(finished, folder)
    write_report(finished.result, table, folder / REPORT)
    return Audited(config, store, folder, finished)


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    """`call("attacks", "lira")` is `miaudit attacks lira`, in this process."""
    from miaudit.cli.main import run

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
