import os
import subprocess
import sys
from pathlib import Path

import pytest

import miaudit
from miaudit.running.server import ALONE, apart, set_environment, usual_start

SCRIPT = """
from miaudit.running.server import apart, usual_start

with apart():
    process = usual_start().Process(target=print, args=("from the process",))
    process.start()
process.join()
assert process.exitcode == 0
"""


def test_linux_alone_has_a_server() -> None:
    assert usual_start().get_start_method() == ("forkserver" if sys.platform == "linux" else "spawn")


def test_a_script_without_a_guard_and_files_of_the_current_folder_are_not_run(tmp_path: Path) -> None:
    script, folder = tmp_path / "script.py", tmp_path / "folder"
    folder.mkdir()
    script.write_text(SCRIPT)
    (folder / "sklearn.py").write_text("open('it ran', 'w')")
    where = {**os.environ, "PYTHONPATH": str(Path(miaudit.__file__).parents[1])}
    done = subprocess.run([sys.executable, script], cwd=folder, env=where, capture_output=True, text=True, timeout=300)
    assert (done.returncode, done.stdout) == (0, "from the process\n"), done.stderr
    assert not (folder / "it ran").exists()


@pytest.mark.parametrize("before", [None, "yes"])
def test_all_is_as_before_afterwards(before: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    if before is None:
        monkeypatch.delenv(ALONE, raising=False)
    else:
        monkeypatch.setenv(ALONE, before)
    main, environment = sys.modules["__main__"], dict(os.environ)
    with apart():
        assert sys.modules["__main__"] is not main
        assert os.environ[ALONE] == "1"
    assert sys.modules["__main__"] is main
    assert dict(os.environ) == environment


def test_the_environment_becomes_that_of_another_process(monkeypatch: pytest.MonkeyPatch) -> None:
    before = dict(os.environ)
    monkeypatch.setenv("MIAUDIT_STALE", "1")
    try:
        set_environment({**before, "MIAUDIT_NEW": "2"})
        assert (os.environ.get("MIAUDIT_STALE"), os.environ.get("MIAUDIT_NEW")) == (None, "2")
    finally:
        set_environment(before)
