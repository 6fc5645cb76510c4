"""The public face: what `dir` and tab completion show is there, complete, and known to type checkers."""

import subprocess
import sys
from pathlib import Path

import pytest

import miaudit
from miaudit import registry
from miaudit.contents import contents, plugins

ROOT = Path(__file__).parents[1]
FOLDERS = ("attacks", "datasets", "defences", "models", "splits", "targets", "thresholds")
PACKAGES = (*FOLDERS, "evidence", "metrics", "signals")
USER = """
import miaudit
from miaudit.attacks import Lira

attack = miaudit.attacks.Lira(mode="offline")
reveal_type(attack)
reveal_type(Lira().needs)
reveal_type(miaudit.thresholds.FixedFpr(fpr=0.01))
reveal_type(miaudit.splits.Pool(models=8))
reveal_type(miaudit.metrics.auc)
reveal_type(miaudit.signals.loss)
reveal_type(miaudit.audit)
miaudit.attacks.Lyra
"""
REVEALED = (
    '"miaudit.attacks.lira.Lira"',
    ', fallback=miaudit.attacks.base.Needs]"',
    '"miaudit.thresholds.fixed_fpr.FixedFpr"',
    '"miaudit.splits.pool.Pool"',
    "-> miaudit.metrics.quantity.Quantity",
    '"def (outputs: miaudit.model_outputs.ModelOutputs, labels: ',
    "-> miaudit.api.Audit",
    'Module has no attribute "Lyra"',
)


def test_a_fresh_process_finds_the_names() -> None:
    program = "import miaudit; print(miaudit.attacks.Lira(mode='offline').mode, miaudit.metrics.auc.__name__)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "offline auc\n"


@pytest.mark.parametrize("package", PACKAGES)
def test_every_name_shown_is_there(package: str) -> None:
    module = getattr(miaudit, package)
    assert package in dir(miaudit)
    assert module.__all__
    assert set(module.__all__) <= set(dir(module))
    for name in module.__all__:
        assert getattr(module, name) is not None


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_plug_in_is_shown(folder: str) -> None:
    module = getattr(miaudit, folder)
    for name in registry.names(folder):
        assert getattr(module, registry.class_name(name)) is registry.find(folder, name)
        assert registry.class_name(name) in dir(module)


def test_signals_are_functions_wherever_they_are_asked_for() -> None:
    for name in registry.names("signals"):
        assert getattr(miaudit.signals, name) is registry.find("signals", name)


def test_a_new_plug_in_is_shown_without_an_entry_anywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    known = registry.names("attacks")
    monkeypatch.setattr(registry, "names", lambda _: (*known, "new_one"))
    monkeypatch.setattr(registry, "find", lambda folder, name: (folder, name))
    assert "NewOne" in contents("miaudit.attacks").listed()
    assert contents("miaudit.attacks").load("NewOne") == ("attacks", "new_one")
    assert plugins("attacks")["NewOne"] == "new_one"


def test_a_name_that_is_not_there() -> None:
    with pytest.raises(AttributeError, match=r"module 'miaudit.attacks' has no attribute 'Lyra': it has .*, Lira, "):
        miaudit.attacks.Lyra  # type: ignore[attr-defined]  # noqa: B018
    with pytest.raises(AttributeError, match=r"module .miaudit.attacks. has no attribute ._lira."):
        miaudit.attacks._lira  # type: ignore[attr-defined]  # noqa: B018


def test_type_checkers_know_the_names(tmp_path: Path) -> None:
    (tmp_path / "user.py").write_text(USER)
    done = subprocess.run(
        [sys.executable, "-m", "mypy", str(tmp_path / "user.py")],
        cwd=ROOT,  # whose settings and cache of types it uses
        capture_output=True,
        text=True,
        check=False,
    )
    said = done.stdout.splitlines()
    for line, expected in zip(said, REVEALED, strict=False):
        assert expected in line
    assert said[-1].startswith("Found 1 error in 1 file")
