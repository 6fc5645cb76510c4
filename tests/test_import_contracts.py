"""Each import contract refuses a violation that is planted in a copy of the package."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from import_contracts import owner

ROOT = Path(__file__).parents[1]
LINT = "from importlinter.cli import lint_imports_command; lint_imports_command(['--no-cache'])"
LAYERS = "Data flows one way"
CORE = "The science core knows no training and no data"
NO_TORCH = "The science core needs no torch, not even through others"
APART = "Attacks do not import each other"
PRIVATE = "A module with an underscore belongs to its package"

PLANTED = [
    (LAYERS, "errors.py", "import miaudit.config", "miaudit.errors -> miaudit.config"),
    (LAYERS, "newcomer.py", "", "newcomer"),
    (CORE, "attacks/loss.py", "import miaudit.running.work", "miaudit.attacks.loss -> miaudit.running.work"),
    (CORE, "evidence/io/table.py", "import miaudit.datasets.base", "miaudit.evidence.io.table -> miaudit.datasets"),
    (NO_TORCH, "signals/_forms.py", "import torch", "miaudit.signals._forms -> torch"),
    (NO_TORCH, "messages.py", "import torch", "miaudit.messages -> torch"),  # reached through other modules only
    (APART, "attacks/loss.py", "import miaudit.attacks.gap", "miaudit.attacks.loss -> miaudit.attacks.gap"),
    (APART, "attacks/_shadows.py", "import miaudit.attacks.gap", "miaudit.attacks.top_k -> miaudit.attacks._shadows"),
    (PRIVATE, "auditing/run.py", "import miaudit.signals._forms", "miaudit.auditing.run imports"),
]


def copied(folder: Path) -> Path:
    """The package, its contracts, and what these are made of, in a folder."""
    shutil.copytree(ROOT / "src" / "miaudit", folder / "src" / "miaudit", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    (folder / "tests").mkdir()
    shutil.copy(ROOT / "tests" / "import_contracts.py", folder / "tests")
    return folder


def linted(folder: Path) -> str:
    """What import-linter prints."""
    env = os.environ | {"PYTHONPATH": str(folder / "src"), "COLUMNS": "1000", "NO_COLOR": "1"}
    command = [sys.executable, "-c", LINT]
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False).stdout


def test_a_module_below_one_with_an_underscore_belongs_to_the_package_above() -> None:
    assert owner("miaudit.signals._forms") == "miaudit.signals"
    assert owner("miaudit._plain.forms") == "miaudit"
    assert owner("miaudit.signals.__init__") is None


def test_the_package_keeps_its_contracts(tmp_path: Path) -> None:
    told = linted(copied(tmp_path))
    for contract in (LAYERS, CORE, NO_TORCH, APART, PRIVATE):
        assert f"{contract} KEPT" in told
    assert "5 kept, 0 broken" in told


@pytest.fixture(scope="module")
def violated(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Each broken contract -> what import-linter prints about it, for a copy with every violation in it."""
    copy = copied(tmp_path_factory.mktemp("copy"))
    for _, file, line, _ in PLANTED:
        planted = copy / "src" / "miaudit" / file
        before = planted.read_text() if planted.exists() else ""
        planted.write_text(f"{before}\n{line}\n")
    parts = re.split(r"^(.+)\n-+$", linted(copy), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


@pytest.mark.parametrize(("contract", "file", "line", "chain"), PLANTED)
def test_a_violation_is_refused(violated: dict[str, str], contract: str, file: str, line: str, chain: str) -> None:
    assert chain in violated[contract]
