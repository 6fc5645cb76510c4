import subprocess
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pytest

import miaudit
from miaudit.auditing import provenance as provenance_file
from miaudit.auditing.provenance import checkout, library_versions, provenance
from miaudit.plain import describe
from tiny import recipe


def test_everything_is_told() -> None:
    found = provenance(7, "fingerprint", describe(recipe()), {"seed": 7})
    assert found.miaudit == miaudit.__version__
    assert found.seed == 7
    assert found.data == "fingerprint"
    assert found.config == {"seed": 7}
    assert found.python.startswith("3.")
    assert found.machine
    assert (found.git_commit, found.git_dirty) == checkout(Path(provenance_file.__file__).parent)
    assert found.device == "cpu"
    assert provenance(7, "", None, {}, "cuda (a GPU)").device == "cuda (a GPU)"
    assert found.libraries["numpy"] == np.__version__
    assert found.libraries == {name: version(name) for name in provenance_file.LIBRARIES}


def test_libraries_that_are_not_installed_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(provenance_file, "LIBRARIES", ("numpy", "no-such-library"))
    assert list(library_versions()) == ["numpy"]


def git(folder: Path, *words: str) -> str:
    who = ("-c", "user.name=Ann", "-c", "user.email=ann@example.org")
    done = subprocess.run(["git", "-C", str(folder), *who, *words], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_the_commit_is_that_of_the_checkout(tmp_path: Path) -> None:
    file = tmp_path / "src" / "miaudit" / "auditing" / "provenance.py"
    file.parent.mkdir(parents=True)
    file.write_text("one\n")
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-q", "-m", "first")
    commit = git(tmp_path, "rev-parse", "HEAD")
    assert checkout(file.parent) == (commit, False)
    (tmp_path / "notes.txt").write_text("beside the source\n")
    assert checkout(file.parent) == (commit, False)
    file.write_text("two\n")
    assert checkout(file.parent) == (commit, True)


def test_a_commit_of_somebody_elses_repository_is_not_ours(tmp_path: Path) -> None:
    """As where the package is installed in a virtual environment inside a user's project."""
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    inside = tmp_path / "venv" / "site-packages" / "miaudit" / "auditing"
    inside.mkdir(parents=True)
    assert checkout(inside) == (None, None)
