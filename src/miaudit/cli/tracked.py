"""Logs an audit to an experiment tracker once it is finished."""

from pathlib import Path
from typing import TYPE_CHECKING

from miaudit.cli.choices import Choices
from miaudit.errors import UserError

if TYPE_CHECKING:
    from miaudit.config import AuditConfig
    from miaudit.report.trackers import Tracker


def tracker_for(config: "AuditConfig", choices: Choices) -> "Tracker | None":
    """The tracker that `--log` names; raises UserError, before anything is trained, where it cannot be used."""
    if choices.log is None:
        return None
    from miaudit.report.trackers import tracker

    if config.defences:
        raise UserError(
            "--log is for one audit, and this configuration compares defences: leave it out, and use "
            "`miaudit report DIR --log TRACKER` for each of the folders afterwards"
        )
    return tracker(choices.log)


def logged(log: "Tracker", folder: Path) -> str:
    """Log the audit in a folder; returns what to print about it."""
    from miaudit.decisions.saved import open_audit

    return f"Logged as run {log(open_audit(folder))}"
