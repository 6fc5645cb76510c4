import subprocess
import sys
from pathlib import Path

import pytest

from miaudit.store.lease import FOLDER, at_work, at_work_since

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there are no such locks")

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


def test_a_failure_ends_the_work_too(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), at_work(tmp_path):
        raise ZeroDivisionError
    assert at_work_since(tmp_path) is None


def test_a_store_that_cannot_be_written_to_is_used_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "store").touch()
    with at_work(tmp_path / "store"):
        assert at_work_since(tmp_path / "store") is None
