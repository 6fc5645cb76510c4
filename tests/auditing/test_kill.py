"""Killed at any moment, an audit goes on from where it was and ends at the same bits."""

import json
import time
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import program
from miaudit.auditing.from_config import plan_of_config
from miaudit.config import load_config
from tiny import Audited

MOMENTS = 2
LONGEST = 300.0  # seconds: a guard, the machine may be busy


@dataclass(frozen=True)
class Command:
    """The command line of one audit."""

    audited: Audited
    root: Path

    @property
    def out(self) -> Path:
        return self.root / "out"

    @property
    def errors(self) -> Path:
        return self.root / "errors.txt"

    def start(self) -> BaseProcess:
        words = ["audit", str(self.audited.config), "--out", str(self.out), "--store", str(self.root / "store")]
        return program.start([*words, "--jobs", "2"], self.errors)

    def models(self) -> dict[Path, int]:
        """Stored models and when they were written."""
        keys = [work.job.key for work in plan_of_config(load_config(self.audited.config)).works]
        paths = [self.root / "store" / key[:2] / f"{key}.safetensors" for key in keys]
        return {path: path.stat().st_mtime_ns for path in paths if path.exists()}


def result_of(folder: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((folder / "result.json").read_text())
    del content["cost"]
    return content


@pytest.mark.slow
def test_killed_at_random_moments_the_same_command_ends_at_the_same_bits(audited: Audited, tmp_path: Path) -> None:
    command = Command(audited, tmp_path)
    finished: dict[Path, int] = {}
    moments = _moments()
    for moment in moments:
        process = command.start()
        _wait(process, moment, tmp_path)
        process.kill()
        process.join()
        now = command.models()
        assert {path: now[path] for path in finished} == finished, "a finished model was trained again"
        finished = now
    process = command.start()
    process.join(LONGEST)
    assert process.exitcode == 0, f"killed at {moments} files: {command.errors.read_text()}"
    now = command.models()
    assert {path: now[path] for path in finished} == finished
    assert (command.out / "scores.parquet").read_bytes() == (audited.folder / "scores.parquet").read_bytes()
    assert (command.out / "evidence.safetensors").read_bytes() == (audited.folder / "evidence.safetensors").read_bytes()
    assert result_of(command.out) == result_of(audited.folder)
    assert not list(command.out.glob("*.part"))


def _moments() -> list[int]:
    """Numbers of files in the store after which the process is killed: random, from the first file to the last."""
    most = 7 * 2 + 2 + 2 * 6  # models, outputs, the data, judgements of six attacks and their controls
    return sorted(np.random.default_rng(int(time.time())).integers(0, most, size=MOMENTS).tolist())


def _wait(process: BaseProcess, files: int, root: Path) -> None:
    end = time.monotonic() + LONGEST
    while process.is_alive() and len([p for p in (root / "store").rglob("*") if p.is_file()]) < files:
        assert time.monotonic() < end, "the audit does not go on"
        time.sleep(0.01)
