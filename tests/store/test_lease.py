import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from filelock import FileLock

from miaudit.store import lease
from miaudit.store.lease import FOLDER, at_work, at_work_since


@pytest.fixture(autouse=True)
def _old_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """No file counts as one that its maker has not locked yet."""
    monkeypatch.setattr(lease, "JUST_MADE", -1.0)


HOLD = """
import sys
from pathlib import Path
from miaudit.store.lease import at_work

with at_work(Path(sys.argv[1])):
    print("begun", flush=True)
    sys.stdin.read()
"""


def test_the_earliest_of_those_at_work_counts(tmp_path: Path) -> None:
    assert at_work_since(tmp_path) is None
    with at_work(tmp_path):
        first = at_work_since(tmp_path)
        assert first is not None
        with at_work(tmp_path):
            assert at_work_since(tmp_path) == first
        assert at_work_since(tmp_path) == first
    assert at_work_since(tmp_path) is None
    assert not list((tmp_path / FOLDER).iterdir())


def test_a_process_that_was_killed_is_at_work_no_more(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"begun\n"
        assert at_work_since(tmp_path) is not None
        process.kill()
        process.wait()
        assert len(list((tmp_path / FOLDER).iterdir())) == 1
        assert at_work_since(tmp_path) is None
    assert not list((tmp_path / FOLDER).iterdir())


def test_a_file_that_was_just_made_is_left_to_its_maker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lease, "JUST_MADE", 60.0)
    (tmp_path / FOLDER).mkdir()
    unlocked = tmp_path / FOLDER / f"{time.time():.0f}-1-ab.lock"
    unlocked.touch()
    assert at_work_since(tmp_path) == float(unlocked.name.partition("-")[0])
    monkeypatch.setattr(lease, "JUST_MADE", -1.0)
    assert at_work_since(tmp_path) is None
    assert not unlocked.exists()


def test_looking_at_a_lock_does_not_make_it_younger(tmp_path: Path) -> None:
    (tmp_path / FOLDER).mkdir()
    with FileLock(tmp_path / FOLDER / "1700000000-1-ab.lock"), FileLock(tmp_path / FOLDER / "123-ab.lock"):
        os.utime(tmp_path / FOLDER / "123-ab.lock", (1.6e9, 1.6e9))  # as older versions named it
        assert at_work_since(tmp_path) == 1.6e9
        assert at_work_since(tmp_path) == 1.6e9
    with FileLock(tmp_path / FOLDER / "1700000000-1-ab.lock"):
        assert at_work_since(tmp_path) == 1.7e9


def test_a_failure_ends_the_work_too(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), at_work(tmp_path):
        raise ZeroDivisionError
    assert at_work_since(tmp_path) is None


def test_a_store_that_cannot_be_written_to_is_used_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "store").touch()
    with at_work(tmp_path / "store"):
        assert at_work_since(tmp_path / "store") is None


def test_what_another_users_process_left_counts_for_a_month(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(lock: FileLock) -> FileLock:
        raise PermissionError

    monkeypatch.setattr(FileLock, "__enter__", refused)
    (tmp_path / "running").mkdir()
    now = int(time.time())
    for days, begun in ((31, None), (29, now - 29 * 86_400)):
        (tmp_path / "running" / f"{now - days * 86_400}-1-x.lock").touch()
        assert at_work_since(tmp_path) == begun
