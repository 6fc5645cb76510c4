"""Tests of logging to trackers: with a recorder in MLflow's place, and with MLflow itself where it is installed."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from miaudit.decisions.saved import SavedAudit, open_audit
from miaudit.errors import UserError
from miaudit.report.trackers import metrics_of, tracker
from report_example import Example
from tiny import Audited


@pytest.fixture
def saved() -> SavedAudit:
    example = Example(members=200, nonmembers=200)
    return SavedAudit("audit", example.result(), example.table())


class Recorder(SimpleNamespace):
    """What MLflow was asked to keep."""

    class MlflowException(Exception):  # noqa: N818
        """MLflow's own."""

    def __init__(self) -> None:
        super().__init__(exceptions=self, kept={}, files={}, running=None)

    def active_run(self) -> Any:
        return self.running

    @contextmanager
    def start_run(self, run_name: str) -> Iterator[Any]:
        self.kept["name"] = run_name
        yield SimpleNamespace(info=SimpleNamespace(run_id="run-1"))

    def set_tags(self, tags: dict[str, str]) -> None:
        print("View run at ...")
        self.kept["tags"] = tags

    def log_param(self, name: str, value: object) -> None:
        self.kept[name] = value

    def log_metrics(self, metrics: dict[str, float]) -> None:
        self.kept["metrics"] = metrics

    def log_artifacts(self, folder: str, place: str) -> None:
        self.files = {f"{place}/{path.name}": path.read_text() for path in Path(folder).iterdir()}


@pytest.fixture
def recorder(monkeypatch: pytest.MonkeyPatch) -> Recorder:
    made = Recorder()
    monkeypatch.setitem(sys.modules, "mlflow", made)
    return made


def test_metrics_have_names_that_trackers_take(saved: SavedAudit) -> None:
    metrics = metrics_of(saved.result)
    auc = saved.result.attacks["calibrated[signal=confidence]"].auc
    assert metrics["calibrated_signal_confidence/auc"] == auc.value
    assert metrics["lira/auc_low"] == saved.result.attacks["lira"].auc.low
    assert "lira/tpr_at_fpr_0.01" in metrics
    assert "lira/tpr_at_fpr_0.0001" not in metrics  # unresolved
    assert metrics["target/test_accuracy"] == 0.921


def test_an_audit_is_logged_without_its_records(saved: SavedAudit, recorder: Recorder) -> None:
    assert tracker("mlflow")(saved) == "run-1"
    assert recorder.kept["name"] == saved.result.target.description
    assert recorder.kept["tags"]["miaudit.verdict"] == "leaks"
    assert recorder.kept["metrics"]["lira/auc"] == pytest.approx(saved.result.attacks["lira"].auc.value, abs=0.01)
    assert set(recorder.files) >= {"miaudit/report.html", "miaudit/result.json", "miaudit/model_card.md"}
    assert not any("scores" in name or "10017" in text for name, text in recorder.files.items())  # an id


def test_an_audit_made_for_release_is_logged_as_it_is(saved: SavedAudit, recorder: Recorder) -> None:
    tracker("mlflow")(saved)
    released = json.loads(recorder.files["miaudit/result.json"])
    again = type(saved.result).model_validate(released)
    tracker("mlflow")(SavedAudit("released", again, None))
    assert json.loads(recorder.files["miaudit/result.json"]) == released


def test_what_mlflow_prints_does_not_mix_with_output(
    saved: SavedAudit, recorder: Recorder, capsys: pytest.CaptureFixture[str]
) -> None:
    tracker("mlflow")(saved)
    assert capsys.readouterr() == ("", "View run at ...\n")


def test_the_active_run_is_used(saved: SavedAudit, recorder: Recorder) -> None:
    recorder.running = SimpleNamespace(info=SimpleNamespace(run_id="mine"))
    assert tracker("mlflow")(saved) == "mine"
    assert "name" not in recorder.kept


def test_a_tracker_that_fails_says_why(saved: SavedAudit, recorder: Recorder, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(metrics: dict[str, float]) -> None:
        raise Recorder.MlflowException("API request failed:\n502")

    monkeypatch.setattr(recorder, "log_metrics", fails, raising=False)
    with pytest.raises(UserError, match="MLflow did not take the audit: API request failed: 502"):
        tracker("mlflow")(saved)


def test_an_unknown_tracker_and_a_missing_library_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UserError, match=r"there is no tracker 'mlfow': did you mean 'mlflow'\?"):
        tracker("mlfow")
    monkeypatch.setitem(sys.modules, "mlflow", None)
    with pytest.raises(UserError, match=r"pip install 'miaudit\[mlflow\]'"):
        tracker("mlflow")


@pytest.mark.filterwarnings("ignore::Warning")
def test_mlflow_itself_keeps_a_real_audit(audited: Audited, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("mlflow")
    monkeypatch.setenv("MLFLOW_TRACKING_URI", (tmp_path / "runs").as_uri())
    monkeypatch.setenv("MLFLOW_ALLOW_FILE_STORE", "true")
    from mlflow import MlflowClient

    run = MlflowClient().get_run(tracker("mlflow")(open_audit(audited.folder)))
    assert run.data.tags["miaudit.verdict"] == audited.finished.result.verdict.level
    assert run.data.metrics["loss/auc"] == audited.finished.result.attacks["loss"].auc.value
    assert {file.path for file in MlflowClient().list_artifacts(run.info.run_id, "miaudit")} >= {"miaudit/report.html"}
