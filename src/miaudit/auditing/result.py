"""The result of an audit: typed, self-describing, the same bits for the same audit (times apart, in `cost`)."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from miaudit.defences.base import Guarantee
from miaudit.metrics.quantity import Quantity
from miaudit.metrics.ties import FirstCut

SCHEMA = "miaudit.result/1"


class Record(BaseModel):
    """Base of all parts: frozen, and unknown keys are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Decision(Record):
    """What the attacker would claim, at a cut chosen without the truth. A member is a score strictly above the cut."""

    rule: str  # how the cut was chosen; "none: ..." where nothing was at hand to choose it
    cut: float | None
    constraint_met: bool = True
    tp: int | None = None
    fp: int | None = None
    tn: int | None = None
    fn: int | None = None
    recall: Quantity | None = None
    precision: Quantity | None = None  # None where no record is called a member


class AttackResult(Record):
    """One attack's numbers on the audited records."""

    auc: Quantity
    balanced_accuracy: Quantity  # at the best cut, as in the papers
    tpr_at_fpr: dict[str, Quantity]  # keys "0.01", "0.001", "0.0001"
    precision_at_recall: dict[str, Quantity]  # keys "0.2" ... "0.7"
    epsilon: Quantity  # `low` is the bound
    first_cut: FirstCut | None = None  # the strictest possible rule; None in results of older versions
    randomised_tpr_at_fpr: dict[str, Quantity] = Field(default_factory=dict)  # ties at the cut broken at random
    decision: Decision
    params: dict[str, Any]
    paper: str
    adversary: str  # what the attacker is assumed to know
    learned: dict[str, Any] = Field(default_factory=dict)  # what the attack tells of itself: thresholds, densities
    seconds: float | None = Field(default=None, exclude=True)


class Compared(Record):
    """A number of the target beside the same number of the reference models."""

    target: float
    references: float  # the references' mean
    low: float | None  # a further model like the references lies between these; None where there is only one of them
    high: float | None
    alike: bool


class Likeness(Record):
    """Do reference models know the records that they were trained on, and others, as well as the target does?"""

    state: Literal["alike", "unlike", "unknown"]
    models: int  # the fewest that any of the numbers rests on
    measured: dict[str, Compared]  # "accuracy_own", "accuracy_other", "loss_own", "loss_other", as far as known


class ReferenceFacts(Record):
    """How the auxiliary models were trained."""

    models: int
    fewest_records: int  # training records of the model with the fewest
    most_records: int
    target_records: int  # members that were given; all of them are taken for the target's training records
    recipe: str  # in words
    given: bool  # as told by the user, or guessed


class ColumnDifference(Record):
    """One column of the records by itself: how far members and non-members differ in it."""

    name: str
    auc: (
        float  # of the column's value as a membership score: 0.5 where both sides are alike, 1 where members are higher
    )
    p: float  # two-sided, corrected for the number of columns


class BlindBaseline(Record):
    """An attacker who sees only the records and never asks the model: what they find is no leak of the model."""

    saw: Literal["records", "labels"]  # the labels alone where the records were not at hand
    auc: Quantity  # at the confidence of the control
    tpr: Quantity  # at 1 % FPR
    wins: bool  # members and non-members differ, beyond chance
    columns: int  # how many were compared
    differ: tuple[ColumnDifference, ...]  # columns that differ beyond chance, the widest difference first


class Beyond(Record):
    """One attack beside those who never ask the target."""

    auc: Quantity  # the attack's AUC minus the highest of theirs, over the same records
    goes_beyond: bool  # finds more than they do, and finds members of a model whose members were drawn at random
    drawn_at_random: Quantity | None = None  # AUC on that model; None where there is none, or nothing to be told by it


class Controls(Record):
    """Checks of the audit itself: nobody may win the null, every attack should win the positive."""

    null: dict[str, dict[str, Quantity]]  # attack -> {"auc": Q}, corrected for the number of attacks
    positive: dict[str, dict[str, Quantity]]
    null_passed: bool
    positive_passed: bool  # by every attack; one that misses a built-in leak is blind on these outputs
    same_distribution: Quantity | None = None  # AUC of members by models that saw neither: 0.5 where nothing differs
    likeness: Likeness | None = None  # None where there are no reference or shadow models
    blind: BlindBaseline | None = None  # None in results of earlier versions
    beyond: dict[str, Beyond] = Field(default_factory=dict)  # attack -> its lead; where members and non-members differ

    @property
    def references_differ(self) -> bool:
        """Do models that saw neither side know one of them better?"""
        of = self.same_distribution
        return of is not None and of.low is not None and of.high is not None and not of.low <= 0.5 <= of.high

    @property
    def sides_differ(self) -> bool:
        """Do members and non-members differ in themselves, as far as anything here can tell?"""
        return self.references_differ or (self.blind is not None and self.blind.wins)

    @property
    def references_unlike(self) -> bool:
        """Do the reference models fail to resemble the target?"""
        return self.likeness is not None and self.likeness.state == "unlike"

    @property
    def auc_unasked(self) -> float:
        """The highest AUC, 0.5 or more, of those who never ask the target: as measured, be it beyond chance or not."""
        seen = [0.5] if self.blind is None else [0.5, self.blind.auc.value or 0.5]
        view = None if self.same_distribution is None else self.same_distribution.value
        return max(seen if view is None else [*seen, view, 1.0 - view])

    def tpr_unasked(self, guess: float) -> float:
        """What the blind baseline finds at 1 % FPR, at least what guessing does."""
        return guess if self.blind is None else max(guess, self.blind.tpr.value or 0.0)

    def is_blind(self, attack: str) -> bool:
        """Did this attack miss the leak that the positive control builds in?"""
        of = self.positive.get(attack)
        return of is not None and (of["auc"].low or 0.0) <= 0.5


class TargetFacts(Record):
    """The model under audit."""

    description: str
    members: int  # audited members
    nonmembers: int
    classes: int
    train_accuracy: Quantity
    test_accuracy: Quantity
    guarantee: Guarantee | None = None  # proven of a target that was trained with differential privacy
    probability_floor: float | None = None  # what a probability of 0 counts as; None where all models give logits
    saturated: float = 0.0  # share of the audited records whose class has a probability of exactly 0 or 1


class Preliminary(Record):
    """An early result, with a part of the pool."""

    models: int  # of the pool
    of: int  # its size in the end


class DuplicateRecords(Record):
    """Audited records that are there twice. One that is member and non-member cannot be told apart by any attack."""

    members: int  # that equal a non-member, in features and label
    nonmembers: int  # those non-members
    relabelled: int  # non-members that equal a member in features alone
    repeated: int  # members that equal an earlier member


class LeftOutRecords(Record):
    """Records that were given and not audited, by any attack."""

    members: int
    nonmembers: int
    references: int  # all of which were trained on each of these records

    def __str__(self) -> str:
        return (
            f"{self.members:,} members and {self.nonmembers:,} non-members, which all {self.references} reference "
            "models were trained on, so that attacks cannot compare them with a model that did not see them"
        )


class Cost(Record):
    """Time and models; the only part that differs between two runs of the same audit."""

    seconds: dict[str, float]  # stage -> wall seconds
    models_trained: int
    models_cached: int
    peak_memory_mb: float | None = None
    finished: str | None = None  # when, ISO 8601 in UTC; None in results of earlier versions


class Provenance(Record):
    """Where the numbers come from."""

    miaudit: str
    git_commit: str | None
    git_dirty: bool | None
    python: str
    libraries: dict[str, str]
    machine: str
    device: str
    seed: int
    data: str  # fingerprint
    recipe: dict[str, Any] | None
    config: dict[str, Any]


class WeakSign(Record):
    """An attack that would be better than guessing if nothing else had been asked: at 95 %, as the tables show it."""

    auc: Quantity
    tpr: Quantity  # at 1 % FPR
    records: int  # members and non-members that would settle it, if it is as strong as it looks


class Finding(Record):
    """One attack's advantage, at the confidence that the verdict speaks with: corrected for all that is asked."""

    name: str
    auc: Quantity
    tpr: Quantity  # at 1 % FPR
    epsilon: Quantity
    sign: WeakSign | None = None


Level = Literal[
    "leaks", "distribution_shift", "weak_signs", "no_leak_found", "references_unlike", "too_few_records", "invalid"
]


class Verdict(Record):
    """The answer in plain words."""

    level: Level
    headline: str
    sentences: tuple[str, ...]


class AuditResult(Record):
    """Everything an audit found. `scores.parquet` beside it holds one row per record."""

    schema_: str = Field(default=SCHEMA, alias="schema", serialization_alias="schema")
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)
    verdict: Verdict
    findings: tuple[Finding, ...] = ()  # what the verdict speaks of, the strongest attack first
    target: TargetFacts
    references: ReferenceFacts | None = None  # None where no models were trained, or others did
    attacks: dict[str, AttackResult]
    skipped: dict[str, str] = Field(default_factory=dict)  # attack -> why it does not apply
    duplicates: DuplicateRecords | None = None  # None where the records themselves were not at hand
    left_out: LeftOutRecords | None = None  # None where every record was audited
    read_as: tuple[str, ...] = ()  # how a file of predictions was understood, where it is not in the documented form
    preliminary: Preliminary | None = None  # None for the result with all models
    controls: Controls
    cost: Cost
    provenance: Provenance
