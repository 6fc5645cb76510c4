"""Logs finished audits to experiment trackers: metrics, tags, and a page without single records."""

import re
import sys
from collections.abc import Callable, Iterator
from contextlib import nullcontext, redirect_stdout
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from miaudit.auditing.files import REPORT, RESULT, to_json
from miaudit.auditing.result import AuditResult
from miaudit.decisions.release import LEAST
from miaudit.decisions.saved import SavedAudit
from miaudit.errors import UserError
from miaudit.files import write_atomically
from miaudit.messages import did_you_mean, one_line
from miaudit.report.html import write_report
from miaudit.report.model_card import model_card
from miaudit.report.released import write_release
from miaudit.report.tables import by_strength

FOLDER = "miaudit"  # of the artefacts of a run
CARD = "model_card.md"
UNWANTED = re.compile(r"[^\w.-]+")  # what names of metrics may not hold

Tracker = Callable[[SavedAudit], str]  # logs an audit and returns the name of its run


def tracker(name: str) -> Tracker:
    """The tracker of this name, ready for use; raises UserError where there is none, or its library is missing."""
    if name not in TRACKERS:
        raise UserError(f"there is no tracker {name!r}: {did_you_mean(name, TRACKERS)}")
    return TRACKERS[name]()


def metrics_of(result: AuditResult) -> dict[str, float]:
    """Each attack's AUC and rates with the ends of their intervals and its bound on epsilon, as `attack/measure`.

    >>> _name("calibrated[signal=loss]")
    'calibrated_signal_loss'
    """
    return dict(_metrics(result))


def _metrics(result: AuditResult) -> Iterator[tuple[str, float]]:
    for title in by_strength(result):
        attack = result.attacks[title]
        measured = {"auc": attack.auc, **{f"tpr_at_fpr_{fpr}": rate for fpr, rate in attack.tpr_at_fpr.items()}}
        for measure, found in measured.items():
            ends = {"": found.value, "_low": found.low, "_high": found.high}
            yield from ((f"{_name(title)}/{measure}{end}", at) for end, at in ends.items() if at is not None)
        if attack.epsilon.low is not None:
            yield f"{_name(title)}/epsilon_bound", attack.epsilon.low
    for measure in ("train_accuracy", "test_accuracy"):
        value = getattr(result.target, measure).value
        if value is not None:
            yield f"target/{measure}", value


def _name(title: str) -> str:
    return UNWANTED.sub("_", title).strip("_")


def _tags(result: AuditResult) -> dict[str, str]:
    origin = result.provenance
    return {
        "miaudit.verdict": result.verdict.level,
        "miaudit.headline": result.verdict.headline,
        "miaudit.target": result.target.description,
        "miaudit.data": origin.data,
        "miaudit.version": origin.miaudit,
        "miaudit.members": str(result.target.members),
        "miaudit.nonmembers": str(result.target.nonmembers),
    }


def _run_name(result: AuditResult) -> str:
    """The title of the configuration, else the target in words."""
    return str(result.provenance.config.get("title") or result.target.description)


def _mlflow() -> Tracker:
    """MLflow: the run that is active, or a new one in the experiment that MLflow's own variables name."""
    try:
        mlflow: Any = import_module("mlflow")
    except ImportError:
        raise UserError(
            "logging to MLflow needs mlflow, which is not installed: pip install 'miaudit[mlflow]'"
        ) from None

    def log(audit: SavedAudit) -> str:
        with TemporaryDirectory() as made, redirect_stdout(sys.stderr):  # MLflow prints where its run is found
            result = _artefacts(audit, Path(made))
            try:
                running = mlflow.active_run()
                with mlflow.start_run(run_name=_run_name(result)) if running is None else nullcontext(running) as run:
                    mlflow.set_tags(_tags(result))
                    mlflow.log_param("miaudit.seed", result.provenance.seed)
                    mlflow.log_metrics(metrics_of(result))
                    mlflow.log_artifacts(made, FOLDER)
                    return str(run.info.run_id)
            except mlflow.exceptions.MlflowException as error:
                raise UserError(f"MLflow did not take the audit: {one_line(str(error))}") from error

    return log


def _artefacts(audit: SavedAudit, folder: Path) -> AuditResult:
    """Write the page, the result and the model card of a release; returns its result."""
    if audit.result.release is None:
        result = write_release(audit, folder, LEAST)
    else:  # made for release already
        result = audit.result
        write_atomically(folder / RESULT, to_json(result).encode())
        write_report(result, None, folder / REPORT)
    write_atomically(folder / CARD, model_card(result).encode())
    return result


TRACKERS: dict[str, Callable[[], Tracker]] = {"mlflow": _mlflow}
