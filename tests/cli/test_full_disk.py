"""A full disk ends in a message; what was finished is kept, and with space the same command goes on."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from miaudit.store.local import LocalStore
from miaudit.store.upkeep import damaged
from tiny import Audited, Call

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the size of files is limited otherwise")

LIMITED = """
import resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv.pop(1)),) * 2)
from miaudit.cli.main import run
run()
"""


def audit_with(limit: int, config: Path, store: Path, out: Path, jobs: int) -> subprocess.CompletedProcess[str]:
    """An audit in which no process may write a file beyond so many bytes, as if the disk were full there."""
    words = ["audit", str(config), "--store", str(store), "--out", str(out), "--jobs", str(jobs)]
    command = [sys.executable, "-c", LIMITED, str(limit), *words]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def check_message(done: subprocess.CompletedProcess[str], reason: str) -> None:
    assert done.returncode == 2, done.stderr
    assert "Traceback" not in done.stderr
    last = done.stderr.splitlines()[-1]
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
    done = audit_with(
        25_000, audited.config, store, tmp_path / "out", jobs=2
    )  # enough for a model, not for its outputs
    check_message(done, "File too large")
    kinds = {entry.kind for entry in LocalStore(store).entries()}
    assert kinds == {"data", "model"}
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
    done = audit_with(10**9, audited.config, store, tmp_path / "out", jobs=1)
    check_message(done, "No space left on device")
    assert {"data", "model"} <= {entry.kind for entry in LocalStore(store).entries()}
    assert list(damaged(LocalStore(store), LocalStore(store).entries())) == []
