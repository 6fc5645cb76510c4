"""Writes the folder of a result that may leave a protected environment: a page and `result.json`, and nothing else."""

from pathlib import Path

from miaudit.auditing.files import EVIDENCE, REPORT, RESULT, SCORES, to_json
from miaudit.auditing.result import AuditResult
from miaudit.decisions.release import release
from miaudit.decisions.saved import SavedAudit
from miaudit.errors import UserError
from miaudit.files import files_together, write_atomically
from miaudit.report.html import write_report


def check_holds_no_records(out: Path) -> None:
    """Raise UserError where an audit has left rows for single records in the folder."""
    found = [name for name in (SCORES, EVIDENCE) if (out / name).exists()]
    if found:
        raise UserError(
            f"a release holds no records, but there is {' and '.join(found)} in {out}: choose another --out"
        )


def write_release(audit: SavedAudit, out: Path, k: int) -> AuditResult:
    """Write the audit's page and result without records to a folder; returns this result.

    Args:
        audit: the finished audit, with its scores for the ROC curves.
        out: the folder; made if missing.
        k: fewest records behind a number.

    Raises:
        UserError: the folder holds single records, or the audit cannot be released.
    """
    check_holds_no_records(out)
    released = release(audit, k)
    with files_together(out, apart=(REPORT,)) as folder:
        write_atomically(folder / RESULT, to_json(released).encode())
        write_report(released, None, folder / REPORT)
    return released
