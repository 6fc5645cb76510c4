"""The result of an audit: typed, self-describing, one part per file."""

from miaudit.auditing.result.attacks import AttackResult, Decision
from miaudit.auditing.result.audit import AuditResult
from miaudit.auditing.result.base import Record
from miaudit.auditing.result.controls import Beyond, BlindBaseline, ColumnDifference, Compared, Controls, Likeness
from miaudit.auditing.result.convergence import Convergence, WithModels
from miaudit.auditing.result.facts import DuplicateRecords, LeftOutRecords, ReferenceFacts, SurrogateFacts, TargetFacts
from miaudit.auditing.result.grade import Bound, Grade, Step
from miaudit.auditing.result.groups import Group, GroupAttack, Grouping
from miaudit.auditing.result.origin import Cost, PredictionsRead, Preliminary, Provenance
from miaudit.auditing.result.release import Release, RocPoint
from miaudit.auditing.result.verdict import Finding, Level, Verdict, WeakSign

__all__ = [
    "AttackResult",
    "AuditResult",
    "Beyond",
    "BlindBaseline",
    "Bound",
    "ColumnDifference",
    "Compared",
    "Controls",
    "Convergence",
    "Cost",
    "Decision",
    "DuplicateRecords",
    "Finding",
    "Grade",
    "Group",
    "GroupAttack",
    "Grouping",
    "LeftOutRecords",
    "Level",
    "Likeness",
    "PredictionsRead",
    "Preliminary",
    "Provenance",
    "Record",
    "ReferenceFacts",
    "Release",
    "RocPoint",
    "Step",
    "SurrogateFacts",
    "TargetFacts",
    "Verdict",
    "WeakSign",
    "WithModels",
]
