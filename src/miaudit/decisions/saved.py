"""A finished audit, as decisions read it: from its folder, from `result.json` alone, or from memory."""

from pathlib import Path
from typing import NamedTuple

import pyarrow as pa

from miaudit.auditing.files import EVIDENCE, RESULT, SCORES, load_result, load_scores
from miaudit.auditing.result import AuditResult
from miaudit.errors import UserError
from miaudit.evidence import Panel
from miaudit.evidence.io.file import read_evidence


class MissingScoresError(UserError):
    """The scores of single records are needed and not at hand, as where only a released result is known."""


class SavedAudit(NamedTuple):
    """The result of an audit and, where it is at hand, its table with one row per record."""

    name: str  # how messages call the audit: the path as the user gave it
    result: AuditResult
    scores: pa.Table | None  # None where only the result is known

    def needs_scores(self, purpose: str) -> pa.Table:
        """The table of scores; raises MissingScoresError, naming the purpose, where only the result is known."""
        if self.scores is None:
            raise MissingScoresError(
                f"{purpose} reads the scores of single records: expected {SCORES} beside {RESULT} in {self.name}; "
                "give the folder that the audit wrote"
            )
        return self.scores


def open_audit(place: Path) -> SavedAudit:
    """Read an audit from its folder or from its `result.json`; raises UserError where there is none.

    A folder without `scores.parquet`, such as one made for release, is read without scores.
    """
    folder = place if place.is_dir() else place.parent
    if not place.is_dir() and place.name != RESULT:
        raise UserError(f"expected the folder of an audit or its {RESULT}, got {place}")
    result = load_result(folder)
    return SavedAudit(str(place), result, load_scores(folder) if (folder / SCORES).exists() else None)


def open_panel(place: Path) -> Panel | None:
    """Read the audited records with the outputs of all models, in the order of the scores; None where there are none.

    A folder made for release has no evidence.
    """
    path = (place if place.is_dir() else place.parent) / EVIDENCE
    return read_evidence(path).evidence.audit if path.exists() else None
