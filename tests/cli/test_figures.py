import sys
from pathlib import Path

import pytest

from tiny import Audited, Call


def test_figures_and_tables_are_written_below_the_audit_or_where_one_says(
    call: Call, audited: Audited, tmp_path: Path
) -> None:
    called = call("figures", audited.folder, "--format", "svg", "--out", tmp_path / "figures")
    assert called.code == 0
    names = {path.name for path in (tmp_path / "figures").iterdir()}
    assert names == {f"{name}.svg" for name in ("attacks", "roc", "precision_recall", "scores", "hardness")}
    assert str(tmp_path / "figures" / "roc.svg") in called.out
    assert call("figures", audited.folder / "result.json", "--format", "latex").code == 0
    assert "\\toprule" in (audited.folder / "figures" / "attacks.tex").read_text()


def test_without_scores_less_is_drawn_and_the_rest_is_named(call: Call, audited: Audited, tmp_path: Path) -> None:
    (tmp_path / "result.json").write_bytes((audited.folder / "result.json").read_bytes())
    called = call("figures", tmp_path, "--format", "svg")
    assert called.code == 0
    assert {path.name for path in (tmp_path / "figures").iterdir()} == {"attacks.svg"}
    assert "Left out: roc, since the scores of single records are not at hand." in called.out


def test_a_comparison_of_defences_has_audits_below_it(call: Call, tmp_path: Path) -> None:
    (tmp_path / "defences.json").write_text("{}")
    called = call("figures", tmp_path)
    assert called.code == 2
    assert "give the folder of one of its audits" in called.err


def test_without_matplotlib_the_extra_is_named(
    call: Call, audited: Audited, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    called = call("figures", audited.folder, "--out", tmp_path)
    assert called.code == 2
    assert "pip install 'miaudit[figures]'" in called.err
    assert call("figures", audited.folder, "--format", "csv", "--out", tmp_path).code == 0
