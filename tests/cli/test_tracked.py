"""`--log` and `--model-card`."""

from pathlib import Path

import pytest
import yaml

from miaudit.decisions.saved import SavedAudit
from miaudit.report import trackers
from miaudit.report.model_card import model_card
from tiny import CONFIG, Audited, Call


@pytest.fixture
def logged(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The verdicts of the audits that were logged."""
    kept: list[str] = []

    def log(audit: SavedAudit) -> str:
        kept.append(audit.result.verdict.level)
        return "run-1"

    monkeypatch.setitem(trackers.TRACKERS, "mlflow", lambda: log)
    return kept


def test_a_finished_audit_is_logged(audited: Audited, call: Call, logged: list[str]) -> None:
    called = call("report", audited.folder, "--log", "mlflow")
    assert (called.code, called.out) == (0, "Logged as run run-1\n")
    assert logged == [audited.finished.result.verdict.level]


def test_an_audit_is_logged_at_its_end(tmp_path: Path, call: Call, logged: list[str]) -> None:
    rows = "".join(f"{0.5 + i % 7 / 20:.3f},{0.5 - i % 7 / 20:.3f},0,{i % 2}\n" for i in range(200))
    (tmp_path / "p.csv").write_text("p0,p1,label,member\n" + rows)
    called = call("audit", tmp_path / "p.csv", "--out", tmp_path / "out", "--log", "mlflow")
    assert called.code == 0, called.err
    assert "Logged as run run-1" in called.out
    assert len(logged) == 1
    (tmp_path / "grouped.yaml").write_text("rules: [{measure: auc, limit: 0.6, group_by: sex}]")
    policy = ("--policy", tmp_path / "grouped.yaml")  # it does not fit the records
    called = call("audit", tmp_path / "p.csv", "--out", tmp_path / "out", "--log", "mlflow", *policy)
    assert called.code == 2
    assert len(logged) == 2


def test_what_cannot_be_logged_is_refused_before_anything_runs(tmp_path: Path, call: Call) -> None:
    (tmp_path / "a.yaml").write_text(yaml.safe_dump({**CONFIG, "defences": ["l2"]}))
    called = call("audit", tmp_path / "a.yaml", "--out", tmp_path / "out", "--log", "mlflow")
    assert called.code == 2
    assert "use `miaudit report DIR --log TRACKER` for each of the folders" in called.err
    called = call("audit", tmp_path / "a.yaml", "--out", tmp_path / "out", "--log", "wandb")
    assert called.code == 2
    assert not any((tmp_path / "out").glob("*.json"))


def test_a_model_card_is_written(audited: Audited, tmp_path: Path, call: Call) -> None:
    called = call("report", audited.folder, "--model-card", tmp_path / "card.md")
    assert called.code == 0
    assert (tmp_path / "card.md").read_text() == model_card(audited.finished.result)


def test_the_unknown_tracker_is_named(audited: Audited, call: Call) -> None:
    called = call("report", audited.folder, "--log", "wandb")
    assert called.code == 2
    assert "there is no tracker 'wandb'" in called.err
