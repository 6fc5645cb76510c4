"""What an audit ran on, with the hashes that tie a pack to the data, the model's answers and the code behind it."""

from pathlib import Path

from pydantic import ConfigDict, Field

from miaudit import __version__
from miaudit.auditing.files import EVIDENCE, SCORES
from miaudit.auditing.result import AuditResult
from miaudit.auditing.result.base import Record
from miaudit.manifest import sha256

SCHEMA = "miaudit.environment/1"


class Environment(Record):
    """Versions, kind of machine, and hashes."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, use_attribute_docstrings=True)
    schema_: str = Field(default=SCHEMA, alias="schema", serialization_alias="schema")
    """Name and version of this format."""
    miaudit: str
    """Version of miaudit that ran the audit."""
    packed_by: str
    """Version of miaudit that made the pack."""
    code: str | None
    """Commit of miaudit's checkout; None where it was installed without one."""
    code_changed: bool | None
    """Whether the checkout had uncommitted changes; None without a checkout."""
    python: str
    """Version of Python."""
    libraries: dict[str, str]
    """Versions of the libraries that decide numbers."""
    machine: str
    """Operating system and processor architecture."""
    device: str
    """Where networks were trained."""
    seed: int
    """The seed that everything random follows from."""
    data: str
    """Fingerprint of the records and labels."""
    model_outputs: str | None
    """SHA-256 of the audit's evidence.safetensors: what the model and its references answered. None where the folder
    has no such file. A hash of the model itself is not recorded."""
    scores: str | None
    """SHA-256 of the audit's scores.parquet; None where the folder has no such file."""


def environment(folder: Path, result: AuditResult) -> Environment:
    """The facts about the audit in this folder; raises UserError where one of its files cannot be read."""
    origin = result.provenance
    return Environment(
        miaudit=origin.miaudit,
        packed_by=__version__,
        code=origin.git_commit,
        code_changed=origin.git_dirty,
        python=origin.python,
        libraries=origin.libraries,
        machine=origin.machine,
        device=origin.device,
        seed=origin.seed,
        data=origin.data,
        model_outputs=_hash(folder / EVIDENCE),
        scores=_hash(folder / SCORES),
    )


def _hash(path: Path) -> str | None:
    return sha256(path) if path.is_file() else None
