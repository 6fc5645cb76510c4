"""The part of a result on what was audited: the target, its reference models, and the records."""

from miaudit.auditing.result.base import Record
from miaudit.defences.base import Guarantee
from miaudit.metrics.quantity import Quantity
from miaudit.model_outputs import OutputKind


class TargetFacts(Record):
    """The model under audit."""

    description: str
    """Kind and size of the model, in words."""
    members: int
    """Number of audited members."""
    nonmembers: int
    """Number of audited non-members."""
    classes: int
    """Number of classes; 0 where the model gives one number per record."""
    outputs: OutputKind = "logits"
    """What attacks read: logits, probs, or one number per record, a loss (lower fits better) or a score (higher)."""
    class_names: tuple[str, ...] = ()
    """Names of the classes, in their order; empty where these are just 0, 1, ..."""
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

    def class_name(self, label: int) -> str:
        """The name of a class by its number, or the number itself where it has no name."""
        return self.class_names[label] if label < len(self.class_names) else str(label)


class SurrogateFacts(Record):
    """How a search chose the models that stand in for a target whose training is unknown.

    Differences are between the target and one model of the chosen kind. The distance of two distributions is the
    largest gap between their cumulative shares, from 0 to 1.
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
    order: float
    """How differently the two models rank by loss the records that neither was trained on: 1 minus Spearman's
    correlation, at most 1."""


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
    on_audited: bool = False
    """Whether some of them were trained on audited records, as those of a pool are."""
    remarks: tuple[str, ...] = ()
    """What a trial of the training showed, such as that it does not repeat itself."""
    surrogate: SurrogateFacts | None = None
    """What a search chose; None where the user gave the recipe, or the target showed it."""
    students: int = 0
    """Number of students of the target, and of each shadow: networks that learned what it answers about records."""


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
    """Non-members that nearly equal a member: written or rounded differently, or unusually near to it."""


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
