"""What an audit ran on, with the hashes that tie a pack to the data, the model's answers and the code behind it."""

from pathlib import Path

from pydantic import ConfigDict, Field

from miaudit import __version__
from miaudit.auditing.files import EVIDENCE, SCORES
from miaudit.auditing.result import AuditResult
from miaudit.auditing.result.origin import RunFacts
from miaudit.manifest import sha256

SCHEMA = "miaudit.environment/1"


class Environment(RunFacts):
    """Versions, kind of machine, and hashes."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, use_attribute_docstrings=True)
    schema_: str = Field(default=SCHEMA, alias="schema", serialization_alias="schema")
    """Name and version of this format."""
    packed_by: str
    """Version of miaudit that made the pack."""
    model_outputs: str | None
    """SHA-256 of the audit's evidence.safetensors: what the model and its references answered. None where the folder
    has no such file. A hash of the model itself is not recorded."""
    scores: str | None
    """SHA-256 of the audit's scores.parquet; None where the folder has no such file."""


def environment(folder: Path, result: AuditResult) -> Environment:
    """The facts about the audit in this folder; raises UserError where one of its files cannot be read."""
    origin = result.provenance
    return Environment(
        **{name: getattr(origin, name) for name in RunFacts.model_fields},
        packed_by=__version__,
        model_outputs=_hash(folder / EVIDENCE),
        scores=_hash(folder / SCORES),
    )


def _hash(path: Path) -> str | None:
    return sha256(path) if path.is_file() else None
