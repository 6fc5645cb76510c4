"""The result of an audit as a whole; equal audits have equal results, apart from `cost`."""

from pydantic import ConfigDict, Field

from miaudit.attacks.base import Means
from miaudit.auditing.result.attacks import AttackResult
from miaudit.auditing.result.base import Record
from miaudit.auditing.result.controls import Controls
from miaudit.auditing.result.convergence import Convergence
from miaudit.auditing.result.facts import DuplicateRecords, LeftOutRecords, ReferenceFacts, TargetFacts
from miaudit.auditing.result.grade import Grade
from miaudit.auditing.result.groups import Grouping
from miaudit.auditing.result.origin import Cost, Preliminary, Provenance
from miaudit.auditing.result.release import Release
from miaudit.auditing.result.verdict import Finding, Verdict

SCHEMA = "miaudit.result/1"


class AuditResult(Record):
    """Everything an audit found. `scores.parquet` beside it holds one row per record."""

    schema_: str = Field(default=SCHEMA, alias="schema", serialization_alias="schema")
    """Name and version of this format."""
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, use_attribute_docstrings=True)
    verdict: Verdict
    """The answer in plain words."""
    findings: tuple[Finding, ...] = ()
    """The numbers behind the verdict, the strongest attack first."""
    grade: Grade | None = None
    """How much is found, on a scale of five steps; None where the audit does not allow one."""
    target: TargetFacts
    """The model under audit."""
    references: ReferenceFacts | None = None
    """How reference models were trained; None if this audit trained none."""
    attacks: dict[str, AttackResult]
    """Title of the attack -> its numbers."""
    groups: tuple[Grouping, ...] = ()
    """The numbers within groups of records, for each column that was asked for."""
    convergence: tuple[Convergence, ...] = ()
    """What attacks find with fewer reference models."""
    skipped: dict[str, str] = Field(default_factory=dict)
    """Title of the attack -> why it does not apply."""
    skipped_means: dict[str, Means] = Field(default_factory=dict)
    """Title of a skipped attack -> what its attacker must have, as in `means` of an attack."""
    duplicates: DuplicateRecords | None = None
    """Records that occur twice; None if the records were not available."""
    left_out: LeftOutRecords | None = None
    """Records that no attack judged; None where every record was audited."""
    read_as: tuple[str, ...] = ()
    """How a file of predictions was understood, where it is not in the documented form; or which output was taken to
    belong to which label."""
    preliminary: Preliminary | None = None
    """How many models this early result rests on; None for the result with all models."""
    release: Release | None = None
    """What was removed before the result left a protected environment; None where nothing was."""
    controls: Controls
    """The checks of the audit by itself."""
    cost: Cost
    """Time and number of models."""
    provenance: Provenance
    """Where the numbers come from: versions, seed, data and configuration."""
