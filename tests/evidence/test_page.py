"""The page that describes the format tells the truth: its examples run, and every tensor that it names is read."""

import re
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file

from miaudit import registry
from miaudit.attacks.base import check_needs
from miaudit.evidence.io.file import FIELDS, POOL, read_evidence

PAGE = Path(__file__).parents[2] / "docs" / "evidence.md"
TEXT = PAGE.read_text(encoding="utf-8")
PYTHON = re.findall(r"```python\n(.*?)```", TEXT, flags=re.DOTALL)
TABLE = re.findall(r"```csv\n(.*?)```", TEXT, flags=re.DOTALL)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the page's examples have run, one after the other."""
    monkeypatch.chdir(tmp_path)
    for code in PYTHON:
        exec(compile(code, str(PAGE), "exec"), {})
    return tmp_path


def test_ten_lines_serve_every_attack(folder: Path) -> None:
    ten_lines = [line for line in PYTHON[0].splitlines() if line and not line.startswith(("import", "from"))]
    assert len(ten_lines) <= 10
    evidence, truth, _ = read_evidence(folder / "evidence.safetensors")
    assert truth is not None
    assert truth.sum() == 150
    for name in registry.names("attacks"):
        attack = registry.build("attacks", name, {})
        if not attack.needs.views:
            check_needs(name, attack, evidence)


def test_a_few_attacks_score_the_ten_lines(folder: Path) -> None:
    evidence = read_evidence(folder / "evidence.safetensors").evidence
    for name in ("loss", "calibrated", "lira", "two_stage", "attack_p"):
        scores = registry.build("attacks", name, {}).score(evidence, np.random.default_rng(0))
        assert scores.shape == (300,)
        assert np.isfinite(scores).all()


def test_the_shortest_pool_has_a_shadow_a_model(folder: Path) -> None:
    evidence = read_evidence(folder / "pool.safetensors").evidence
    assert len(evidence.shadows) == 8
    assert {shadow.n_references for shadow in evidence.shadows} == {7}


def test_the_python_example_copies_the_file(folder: Path) -> None:
    original, copy = load_file(folder / "evidence.safetensors"), load_file(folder / "copy.safetensors")
    assert original.keys() - copy.keys() == {"population.member"}  # a population has no members anyway
    for name, tensor in copy.items():
        np.testing.assert_array_equal(tensor, original[name])


def test_the_table_is_read(tmp_path: Path) -> None:
    (tmp_path / "e.csv").write_text(TABLE[1])
    evidence, truth, _ = read_evidence(tmp_path / "e.csv")
    assert truth is not None
    assert truth.tolist() == [True, True, False]
    np.testing.assert_allclose(evidence.audit.target("loss"), np.log([0.98, 0.71, 0.56]))


def test_the_table_of_losses_is_read(tmp_path: Path) -> None:
    (tmp_path / "e.csv").write_text(TABLE[0])
    audit = read_evidence(tmp_path / "e.csv").evidence.audit
    assert audit.target("loss").tolist() == [-0.02, -1.71, -0.44]
    assert audit.references("loss").shape == (2, 3)


def test_every_tensor_of_the_format_is_on_the_page() -> None:
    for name in (*(f"P.{field}" for field in FIELDS), *POOL, "shadow.0.target.models"):
        stem = name.rsplit(".", 1)[0]
        text = TEXT.replace("` or `.probs`", f"` or `{stem}.probs`").replace("` or `.score`", f"` or `{stem}.score`")
        assert f"`{name}`" in text, name
