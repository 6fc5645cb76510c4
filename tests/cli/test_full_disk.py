"""A full disk ends in a message; what was finished is kept, and with space the same command goes on."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

import program
from miaudit.store.local import LocalStore
from miaudit.store.upkeep import damaged
from tiny import Audited, Call

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the size of files is limited otherwise")


class Ended(NamedTuple):
    """A process that has ended."""

    code: int | None
    errors: str


def audit_with(audited: Audited, folder: Path, store: Path, jobs: int, **limits: int) -> Ended:
    """An audit in which no process may write a file beyond so many bytes, as if the disk were full there."""
    words = ["audit", audited.config, "--store", store, "--out", folder / "out", "--jobs", jobs]
    process = program.start([str(word) for word in words], folder / "errors.txt", **limits)
    process.join()
    return Ended(process.exitcode, (folder / "errors.txt").read_text())


def check_message(done: Ended, reason: str) -> None:
    assert done.code == 2, done.errors
    assert "Traceback" not in done.errors
    last = done.errors.splitlines()[-1]
    assert last.startswith("miaudit: cannot write ")
    assert last.endswith(f": {reason}; free some space or choose another folder (finished work is kept)")


def check_goes_on(call: Call, audited: Audited, store: Path, out: Path) -> None:
    assert list(damaged(LocalStore(store), LocalStore(store).entries())) == []
    assert call("audit", audited.config, "--store", store, "--out", out).code == 0
    for name in ("scores.parquet", "evidence.safetensors"):
        assert (out / name).read_bytes() == (audited.folder / name).read_bytes()


def test_while_models_are_trained(call: Call, audited: Audited, tmp_path: Path) -> None:
    store = tmp_path / "store"
    data = audited.store.root / "data"
    (store / "data").mkdir(parents=True)
    for path in data.iterdir():  # the arrays have found a place
        (store / "data" / path.name).write_bytes(path.read_bytes())
    done = audit_with(audited, tmp_path, store, jobs=2, largest_file=25_000)  # enough for a model, not for its outputs
    check_message(done, "File too large")
    kinds = {entry.kind for entry in LocalStore(store).entries()}
    assert kinds - {"leftover"} == {"data", "model"}  # the other process was killed, perhaps as it wrote a file
    check_goes_on(call, audited, store, tmp_path / "out")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of one megabyte."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)]
    try:
        subprocess.run(mount, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("only root may mount a file system, and not everywhere")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_disk_that_is_full(audited: Audited, small_disk: Path, tmp_path: Path) -> None:
    store = small_disk / "store"
    (small_disk / "ballast").write_bytes(bytes(350_000))  # the data and some models fit beside it
    done = audit_with(audited, tmp_path, store, jobs=1)
    check_message(done, "No space left on device")
    assert {"data", "model"} <= {entry.kind for entry in LocalStore(store).entries()}
    assert list(damaged(LocalStore(store), LocalStore(store).entries())) == []
