"""The result of an audit: typed, self-describing, the same bits for the same audit (times apart, in `cost`)."""

from typing import Any, Literal

from pydantic import ConfigDict, Field

from miaudit.auditing.control_results import (
    Beyond,
    BlindBaseline,
    ColumnDifference,
    Compared,
    Controls,
    Likeness,
    Record,
)
from miaudit.defences.base import Guarantee
from miaudit.metrics.quantity import Quantity
from miaudit.metrics.ties import FirstCut
from miaudit.model_outputs import OutputKind

SCHEMA = "miaudit.result/1"


class Decision(Record):
    """What the attacker would claim, at a cut chosen without the truth. A member is a score strictly above the cut."""

    rule: str
    """How the cut was chosen, in words; "none: ..." where nothing was at hand to choose it."""
    cut: float | None
    """The cut on the attack's score; None where none could be chosen."""
    constraint_met: bool = True
    """Whether the cut reaches what its rule asks for, a false positive rate for instance."""
    tp: int | None = None
    """Members called members."""
    fp: int | None = None
    """Non-members called members."""
    tn: int | None = None
    """Non-members not called members."""
    fn: int | None = None
    """Members not called members."""
    recall: Quantity | None = None
    """Share of the members that are called members."""
    precision: Quantity | None = None
    """Share of members among the records called members; None where no record is."""


class AttackResult(Record):
    """One attack's numbers on the audited records."""

    auc: Quantity
    """Area under the ROC curve: 0.5 is guessing, 1 tells every member from every non-member."""
    balanced_accuracy: Quantity
    """Mean of the true positive and the true negative rate at the best cut, as in the papers."""
    tpr_at_fpr: dict[str, Quantity]
    """True positive rate at the false positive rates "0.01", "0.001" and "0.0001"."""
    precision_at_recall: dict[str, Quantity]
    """Precision where the recall is "0.2", "0.3", ... "0.7"."""
    epsilon: Quantity
    """Privacy loss that the scores show; its `low` is the lower bound on epsilon."""
    first_cut: FirstCut | None = None
    """The strictest rule that calls any record a member; None in results of older versions."""
    randomised_tpr_at_fpr: dict[str, Quantity] = Field(default_factory=dict)
    """True positive rate at exactly these false positive rates, with ties at the cut broken at random."""
    decision: Decision
    """What the attacker would claim at a cut chosen without the truth."""
    params: dict[str, Any]
    """The attack's hyper-parameters."""
    paper: str
    """Author, venue and arXiv id of the attack's paper."""
    adversary: str
    """What the attacker is assumed to know and to be able to do."""
    learned: dict[str, Any] = Field(default_factory=dict)
    """What the attack tells of itself: choices made, thresholds, densities."""


class SurrogateFacts(Record):
    """How a search chose what stands in for a target of which nobody knows how it was trained.

    Differences are those between the target and one chosen model. Distances of distributions are the largest gap
    between their cumulative shares, from 0 to 1.
    """

    chosen: str
    """What was chosen, in words."""
    candidates: int
    """Number of surrogates that were tried."""
    accuracy_own: float
    """Difference of accuracy on the records that a model was trained on."""
    accuracy_other: float
    """Difference of accuracy on other records."""
    losses_own: float
    """Distance of the distributions of losses on the records that a model was trained on."""
    losses_other: float
    """The same on records that neither model was trained on."""
    apart: float
    """Mean difference of the true class's probability on records that neither model was trained on."""


class ReferenceFacts(Record):
    """How the auxiliary models were trained."""

    models: int
    """Number of auxiliary models."""
    fewest_records: int
    """Training records of the model that has the fewest."""
    most_records: int
    """Training records of the model that has the most."""
    target_records: int
    """Number of members given, which are taken to be all of the target's training records."""
    recipe: str
    """How they were trained, in words."""
    given: bool
    """Whether the user gave the recipe; otherwise it was guessed."""
    remarks: tuple[str, ...] = ()
    """What a trial of the training showed, such as that it does not repeat itself."""
    surrogate: SurrogateFacts | None = None
    """What a search chose; absent where it is known how the target was trained, or taken from the target itself."""


class TargetFacts(Record):
    """The model under audit."""

    description: str
    """OutputKind and size of the model, in words."""
    members: int
    """Number of audited members."""
    nonmembers: int
    """Number of audited non-members."""
    classes: int
    """Number of classes; 0 where the model is known by one number a record."""
    outputs: OutputKind = "logits"
    """What attacks read: logits, probs, or one number a record, a loss (lower fits better) or a score (higher does)."""
    class_names: tuple[str, ...] = ()
    """Names of the classes, in their order, where they are called other than 0, 1, ..."""
    train_accuracy: Quantity
    """Accuracy on the members; absent where the model is no classifier."""
    test_accuracy: Quantity
    """Accuracy on records that it was not trained on."""
    guarantee: Guarantee | None = None
    """What is proven of a target that was trained with differential privacy."""
    probability_floor: float | None = None
    """What a probability of 0 is read as; None if all models give logits."""
    saturated: float = 0.0
    """Share of the audited records whose class has a probability of exactly 0 or 1."""


class Preliminary(Record):
    """An early result, with a part of the pool."""

    models: int
    """Models of the pool that are trained already."""
    of: int
    """Size of the pool in the end."""


class DuplicateRecords(Record):
    """Audited records that occur twice. No attack can separate a member from a non-member that is its copy."""

    members: int
    """Members that equal a non-member in features and label."""
    nonmembers: int
    """Non-members that equal a member in features and label."""
    relabelled: int
    """Non-members that equal a member in features alone."""
    repeated: int
    """Members that equal an earlier member."""
    near: int = 0
    """Non-members that nearly equal a member: written or rounded otherwise, or a hundredth as far from it as usual."""


class LeftOutRecords(Record):
    """Records that were given but that no attack judged."""

    members: int
    """Members left out."""
    nonmembers: int
    """Non-members left out."""
    references: int
    """Number of reference models, each of which was trained on all of these records."""

    def __str__(self) -> str:
        return (
            f"{self.members:,} members and {self.nonmembers:,} non-members, which all {self.references} reference "
            "models were trained on, so that attacks cannot compare them with a model that did not see them"
        )


class Cost(Record):
    """Time and models; the only part that differs between two runs of the same audit."""

    seconds: dict[str, float]
    """Stage -> wall-clock seconds."""
    models_trained: int
    """Models that this run trained."""
    models_cached: int
    """Models that this run took from the store."""
    peak_memory_mb: float | None = None
    """Most memory that the main process held, in MB; None where the system does not tell."""
    finished: str | None = None
    """When the audit ended, ISO 8601 in UTC; None in results of earlier versions."""


class PredictionsRead(Record):
    """What the columns of a table of predictions were taken to mean."""

    outputs: tuple[str, ...]
    """Columns of the model's outputs, in the order of the classes."""
    form: str
    """What the outputs are: probabilities, percent, logits, log_probabilities, labels, loss or score."""
    classes: tuple[str, ...]
    """The classes of these columns."""
    label: str | None
    """Column of the true class; None where a loss or a score was read and the table has no such column."""
    member: str | None
    """Column that tells members from non-members."""
    ids: str | None
    """Column that names the records."""
    kept: tuple[str, ...]
    """Further columns, which stand in `scores.parquet` as `column.NAME`."""


class Provenance(Record):
    """Where the numbers come from."""

    miaudit: str
    """Version of miaudit."""
    git_commit: str | None
    """Commit of miaudit's checkout; None where it was installed without one."""
    git_dirty: bool | None
    """Whether the checkout's source had uncommitted changes; None without a checkout."""
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
    recipe: dict[str, Any] | None
    """How the target was trained; None where miaudit was not told."""
    config: dict[str, Any]
    """A configuration that repeats the audit."""
    predictions: PredictionsRead | None = None
    """How a table of predictions was understood; None where there was none."""


class WeakSign(Record):
    """An attack that would count as better than guessing if it were the only one; at 95 %, as in the tables."""

    clear: bool
    """Whether it is clearer than what any attack shows in nine of ten audits where nothing leaks."""
    auc: Quantity
    """AUC at 95 % confidence."""
    tpr: Quantity
    """True positive rate at 1 % FPR, at 95 % confidence."""
    records: int
    """Number of audited records that would confirm the sign if it is as strong as it looks."""


class Finding(Record):
    """One attack's advantage at the verdict's confidence, which is corrected for the number of attacks and measures."""

    name: str
    """Title of the attack."""
    auc: Quantity
    """AUC at the verdict's confidence."""
    tpr: Quantity
    """True positive rate at 1 % FPR, at the verdict's confidence."""
    epsilon: Quantity
    """Epsilon at the verdict's confidence; its `low` is the lower bound."""
    sign: WeakSign | None = None
    """The sign of a leak that the verdict's confidence does not confirm, if there is one."""


Level = Literal[
    "leaks", "distribution_shift", "weak_signs", "no_leak_found", "references_unlike", "too_few_records", "invalid"
]


class Verdict(Record):
    """The answer in plain words."""

    level: Level
    """The answer in one word, for programs."""
    headline: str
    """The answer in one sentence."""
    sentences: tuple[str, ...]
    """What the answer rests on, and what limits it."""


class AuditResult(Record):
    """Everything an audit found. `scores.parquet` beside it holds one row per record."""

    schema_: str = Field(default=SCHEMA, alias="schema", serialization_alias="schema")
    """Name and version of this format."""
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, use_attribute_docstrings=True)
    verdict: Verdict
    """The answer in plain words."""
    findings: tuple[Finding, ...] = ()
    """The numbers behind the verdict, the strongest attack first."""
    target: TargetFacts
    """The model under audit."""
    references: ReferenceFacts | None = None
    """How reference models were trained; None if this audit trained none."""
    attacks: dict[str, AttackResult]
    """Title of the attack -> its numbers."""
    skipped: dict[str, str] = Field(default_factory=dict)
    """Title of the attack -> why it does not apply."""
    duplicates: DuplicateRecords | None = None
    """Records that occur twice; None if the records were not available."""
    left_out: LeftOutRecords | None = None
    """Records that no attack judged; None where every record was audited."""
    read_as: tuple[str, ...] = ()
    """How a file of predictions was understood, where it is not in the documented form."""
    preliminary: Preliminary | None = None
    """How many models this early result rests on; None for the result with all models."""
    controls: Controls
    """The checks of the audit by itself."""
    cost: Cost
    """Time and number of models."""
    provenance: Provenance
    """Where the numbers come from: versions, seed, data and configuration."""


__all__ = [
    "AttackResult",
    "AuditResult",
    "Beyond",
    "BlindBaseline",
    "ColumnDifference",
    "Compared",
    "Controls",
    "Cost",
    "Decision",
    "DuplicateRecords",
    "Finding",
    "LeftOutRecords",
    "Level",
    "Likeness",
    "Preliminary",
    "Provenance",
    "Record",
    "ReferenceFacts",
    "SurrogateFacts",
    "TargetFacts",
    "Verdict",
    "WeakSign",
]
