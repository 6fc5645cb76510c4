import subprocess
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pytest

import miaudit
from miaudit.auditing import provenance as provenance_file
from miaudit.auditing.provenance import library_versions, provenance
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
    assert found.device == "cpu"
    assert provenance(7, "", None, {}, "cuda (a GPU)").device == "cuda (a GPU)"
    assert found.libraries["numpy"] == np.__version__
    assert found.libraries == {name: version(name) for name in provenance_file.LIBRARIES}


def test_libraries_that_are_not_installed_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(provenance_file, "LIBRARIES", ("numpy", "no-such-library"))
    assert list(library_versions()) == ["numpy"]


def test_the_commit_is_that_of_the_checkout() -> None:
    root = Path(miaudit.__file__).parents[2]
    if not (root / ".git").exists():
        pytest.skip("not run from a checkout")
    head = subprocess.run(["git", "rev-parse", "HEAD"], cwd=root, capture_output=True, text=True, check=True)
    found = provenance(0, "", None, {})
    assert found.git_commit == head.stdout.strip()
    assert isinstance(found.git_dirty, bool)


def test_a_commit_of_somebody_elses_repository_is_not_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As where the package is installed in a virtual environment inside a user's project."""
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    inside = tmp_path / "venv" / "site-packages" / "miaudit" / "auditing"
    inside.mkdir(parents=True)
    monkeypatch.setattr(provenance_file, "__file__", str(inside / "provenance.py"))
    found = provenance(0, "", None, {})
    assert found.git_commit is None
    assert found.git_dirty is None
