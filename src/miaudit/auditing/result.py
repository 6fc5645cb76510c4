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
    low: float | None  # one more such reference would lie between these; None if there is only one reference
    high: float | None
    alike: bool


class Likeness(Record):
    """Do reference models do as well as the target, on their own training records and on others?"""

    state: Literal["alike", "unlike", "unknown"]
    models: int  # behind the number that has the fewest
    measured: dict[str, Compared]  # "accuracy_own", "accuracy_other", "loss_own", "loss_other", as far as known


class ReferenceFacts(Record):
    """How the auxiliary models were trained."""

    models: int
    fewest_records: int  # training records of the model with the fewest
    most_records: int
    target_records: int  # members that were given, which are taken to be all of the target's training records
    recipe: str  # in words
    given: bool  # by the user, or guessed


class ColumnDifference(Record):
    """One column of the records by itself: how far members and non-members differ in it."""

    name: str
    auc: (
        float  # of the column's value as a membership score: 0.5 where both sides are alike, 1 where members are higher
    )
    p: float  # two-sided, corrected for the number of columns


class BlindBaseline(Record):
    """An attacker who sees only the records and never asks the model: what they find is not a leak."""

    saw: Literal["records", "labels"]  # the labels alone if the records were not available
    auc: Quantity  # at the confidence of the control
    tpr: Quantity  # at 1 % FPR
    wins: bool  # members and non-members differ, beyond chance
    columns: int  # how many were compared
    differ: tuple[ColumnDifference, ...]  # columns that differ beyond chance, the widest difference first
    epsilon: Quantity | None = None  # that the difference would pass for


class Beyond(Record):
    """One attack compared with attackers who never ask the target."""

    auc: Quantity  # the attack's AUC minus their highest AUC, on the same records
    goes_beyond: bool  # it finds more than they do, and the members of a model trained on random records
    drawn_at_random: Quantity | None = None  # AUC on that model; None if there is none or it was not needed


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
        """Do models that saw neither members nor non-members know one of the two better?"""
        of = self.same_distribution
        return of is not None and of.low is not None and of.high is not None and not of.low <= 0.5 <= of.high

    @property
    def sides_differ(self) -> bool:
        """Did a control find a difference between members and non-members?"""
        return self.references_differ or (self.blind is not None and self.blind.wins)

    @property
    def references_unlike(self) -> bool:
        """Do the reference models fail to resemble the target?"""
        return self.likeness is not None and self.likeness.state == "unlike"

    @property
    def auc_unasked(self) -> float:
        """The highest AUC measured without asking the target, within chance or not; at least 0.5."""
        seen = [0.5] if self.blind is None else [0.5, self.blind.auc.value or 0.5]
        view = None if self.same_distribution is None else self.same_distribution.value
        return max(seen if view is None else [*seen, view, 1.0 - view])

    def tpr_unasked(self, guess: float) -> float:
        """The TPR of the blind baseline at 1 % FPR; at least that of guessing."""
        return guess if self.blind is None else max(guess, self.blind.tpr.value or 0.0)

    @property
    def epsilon_unasked(self) -> float:
        """What the blind baseline's difference would pass for, as measured."""
        of = None if self.blind is None else self.blind.epsilon
        return 0.0 if of is None else of.value or 0.0

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
    probability_floor: float | None = None  # what a probability of 0 is read as; None if all models give logits
    saturated: float = 0.0  # share of the audited records whose class has a probability of exactly 0 or 1


class Preliminary(Record):
    """An early result, with a part of the pool."""

    models: int  # of the pool
    of: int  # its size in the end


class DuplicateRecords(Record):
    """Audited records that occur twice. No attack can separate a member from a non-member that is its copy."""

    members: int  # that equal a non-member, in features and label
    nonmembers: int  # those non-members
    relabelled: int  # non-members that equal a member in features alone
    repeated: int  # members that equal an earlier member


class LeftOutRecords(Record):
    """Records that were given but that no attack judged."""

    members: int
    nonmembers: int
    references: int  # number of reference models, each of which was trained on all of these records

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
    """An attack that would count as better than guessing if it were the only one; at 95 %, as in the tables."""

    clear: bool  # clearer than any attack shows in nine of ten audits where nothing leaks
    auc: Quantity
    tpr: Quantity  # at 1 % FPR
    records: int  # number of audited records that would confirm the sign if it is as strong as it looks


class Finding(Record):
    """One attack's advantage at the verdict's confidence, which is corrected for the number of attacks and measures."""

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
    findings: tuple[Finding, ...] = ()  # the numbers behind the verdict, the strongest attack first
    target: TargetFacts
    references: ReferenceFacts | None = None  # None if this audit trained no reference models
    attacks: dict[str, AttackResult]
    skipped: dict[str, str] = Field(default_factory=dict)  # attack -> why it does not apply
    duplicates: DuplicateRecords | None = None  # None if the records were not available
    left_out: LeftOutRecords | None = None  # None where every record was audited
    read_as: tuple[str, ...] = ()  # how a file of predictions was understood, where it is not in the documented form
    preliminary: Preliminary | None = None  # None for the result with all models
    controls: Controls
    cost: Cost
    provenance: Provenance
