"""The result of comparing finished audits with a first one: typed, self-describing, without any single record."""

from typing import Literal

from pydantic import ConfigDict, Field

from miaudit.auditing.result import Level, Record
from miaudit.messages import printable_json
from miaudit.metrics.quantity import Quantity

SCHEMA = "miaudit.comparison/1"
ERROR = 0.05  # chance that any difference is shown where there is none, over all tests together

Measure = Literal["auc", "tpr", "train_accuracy", "test_accuracy"]
Direction = Literal["lower", "higher", "unclear"]
Leaks = Literal["less", "more", "mixed", "unclear"]


class ComparedAudit(Record):
    """One of the audits, with the numbers that place it among the others."""

    name: str
    """How the comparison calls the audit."""
    description: str
    """The target, in words."""
    members: int
    """Number of audited members."""
    nonmembers: int
    """Number of audited non-members."""
    verdict: Level
    """Level of the audit's own verdict."""
    strongest: str | None
    """Title of the attack with the highest AUC; None where no AUC could be measured."""
    auc: Quantity | None
    """AUC of that attack at 95 % confidence."""
    tpr: Quantity | None
    """TPR of that attack at 1 % FPR, at 95 % confidence."""
    test_accuracy: Quantity
    """Accuracy on records that the target was not trained on."""


class Difference(Record):
    """How one number changes from the first audit to another one."""

    measure: Measure
    """What is compared: AUC, TPR at an FPR, or the target's accuracy."""
    fpr: str | None = None
    """The false positive rate of a TPR, such as "0.01"; None for other measures."""
    attack: str | None = None
    """Title of the attack in the first audit; None for the target's accuracy."""
    attack_after: str | None = None
    """Title of the attack in the other audit; another one where the strongest attacks are compared."""
    before: float | None
    """The number in the first audit."""
    after: float | None
    """The number in the other audit."""
    change: Quantity
    """After minus before, with an interval at the confidence of the comparison."""
    p: float | None
    """Two-sided p-value of this test alone; None where a number is missing."""
    p_corrected: float | None
    """The p-value times the number of tests, at most 1."""
    direction: Direction
    """Lower or higher where the interval excludes 0, otherwise unclear."""

    @property
    def of_strongest(self) -> bool:
        """Does it compare the strongest attacks of both audits, which are different ones?"""
        return self.attack != self.attack_after

    @property
    def of_leakage(self) -> bool:
        """Is it about what attackers find, and not about the target's accuracy?"""
        return self.measure in ("auc", "tpr")


class ChangedRecords(Record):
    """How many members changed sides at an attack's cuts, of those that are members in both audits."""

    attack: str
    """Title of the attack."""
    members: int
    """Members that both audits judged."""
    exposed: int | None
    """Members called members in the other audit only; None where the count was suppressed."""
    safe: int | None
    """Members called members in the first audit only; None where the count was suppressed."""


class Matching(Record):
    """Which records the first audit and another one have in common."""

    shared: int
    """Records that both judged."""
    differing: int
    """Records among them that are members in one audit and non-members in the other."""
    only_first: int
    """Records that only the first audit judged."""
    only_other: int
    """Records that only the other audit judged."""
    ignored: bool
    """Whether ids were ignored, as the user asked."""


class Against(Record):
    """One audit compared with the first."""

    name: str
    """Name of the audit."""
    leaks: Leaks
    """Whether its target leaks less or more than the first; mixed where tests disagree, unclear where none shows it."""
    headline: str
    """The answer in a few words."""
    detail: str
    """The change that the answer rests on, in words."""
    sentences: tuple[str, ...]
    """What else changed, and what limits the answer."""
    matching: Matching
    """The records in common."""
    differences: tuple[Difference, ...]
    """All tests, the strongest attacks first."""
    changed: tuple[ChangedRecords, ...]
    """Members that became exposed or safe, by attack; empty where the audits share no members or chose no cuts."""


class AuditComparison(Record):
    """Finished audits compared with a first one."""

    schema_: str = Field(default=SCHEMA, alias="schema", serialization_alias="schema")
    """Name and version of this format."""
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, use_attribute_docstrings=True)
    miaudit: str
    """Version of miaudit that compared them."""
    audits: tuple[ComparedAudit, ...]
    """All audits; the first is the one that the others are compared with."""
    against: tuple[Against, ...]
    """Each other audit compared with the first."""
    tests: int
    """Number of tests that the intervals and p-values are corrected for."""
    confidence: float
    """Confidence of each interval, so that all of them hold together in 95 % of comparisons."""
    seed: int
    """Seed of the bootstrap."""


def to_json(result: AuditComparison) -> str:
    """The comparison as `comparison.json` holds it."""
    return printable_json(result.model_dump_json(by_alias=True, indent=1)) + "\n"
