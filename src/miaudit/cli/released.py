"""Writes what an audit found: all of it, or what may leave a protected environment."""

from pathlib import Path
from typing import TYPE_CHECKING

from miaudit.cli.choices import Choices
from miaudit.errors import UserError

if TYPE_CHECKING:
    from miaudit.auditing.result import AuditResult
    from miaudit.auditing.run import Finished
    from miaudit.config import AuditConfig

AFTERWARDS = "leave --release out, and use `miaudit report DIR --release --out FOLDER` afterwards"


def check_releasable(config: "AuditConfig", choices: Choices, out: Path) -> None:
    """Raise UserError, before anything is trained, where `--release` does not go with the audit or its folder."""
    if not choices.release:
        return
    from miaudit.report.released import check_holds_no_records

    if config.defences:
        raise UserError(f"--release is for one audit, and this configuration compares defences: {AFTERWARDS}")
    if choices.gate.policy is not None:
        raise UserError(f"--policy reads the scores of single records, which --release does not write: {AFTERWARDS}")
    check_holds_no_records(out)


def write_found(finished: "Finished", out: Path, release: bool) -> "AuditResult":
    """Write the folder of a result; returns the result as it was written."""
    if not release:
        from miaudit.report.folder import write_folder

        write_folder(finished, out)
        return finished.result
    from miaudit.auditing.files import scores_table
    from miaudit.decisions.release import LEAST
    from miaudit.decisions.saved import SavedAudit
    from miaudit.report.released import write_release

    least = finished.result.provenance.config.get("min_group", LEAST)
    return write_release(SavedAudit(str(out), finished.result, scores_table(finished)), out, least)
