"""The rules of a policy: each limits one measure of every attack, overall or within each group."""

from abc import ABC, abstractmethod
from typing import Annotated, ClassVar, Literal, NamedTuple

from pydantic import BaseModel, BeforeValidator, ConfigDict, Discriminator, Field

from miaudit import presenter
from miaudit.arrays import Bools, Floats
from miaudit.auditing.findings import LOW_FPR
from miaudit.auditing.result import AttackResult, Finding
from miaudit.maths.normal import deviations
from miaudit.messages import did_you_mean, shortened
from miaudit.metrics.epsilon import epsilon
from miaudit.metrics.named import named
from miaudit.metrics.needed import records_to_settle, rounded_up
from miaudit.metrics.precision_recall import precision_at_recall
from miaudit.metrics.quantity import Quantity
from miaudit.metrics.roc import auc, needed_nonmembers, tpr_at_fpr


class Ends(NamedTuple):
    """A measure with the two ends of its interval, each at a confidence of its own."""

    value: float | None
    low: float | None
    low_side: float  # one-sided confidence of the lower end
    high: float | None
    high_side: float
    note: str  # why there is no value; empty if there is one


def _several(names: object) -> object:
    """One name stands for a list of it."""
    return (names,) if isinstance(names, str) else names


MEASURES = ("auc", "tpr_at_fpr", "precision", "epsilon", "named_records")


class Rule(BaseModel, ABC):
    """What all rules have in common."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    one_sided: ClassVar[bool] = False  # whether the confidence of the measure is that of one end, not of both
    by_proof: ClassVar[bool] = False  # whether only a proven guarantee bounds the measure from above

    measure: str
    limit: float
    attacks: Annotated[tuple[str, ...] | None, BeforeValidator(_several)] = Field(
        default=None,
        strict=False,
        min_length=1,
        description="Titles of the attacks that the rule is about; by default all that the audit ran.",
    )
    group_by: str | None = Field(
        default=None,
        description="Column within each of whose values the limit holds, such as `label` or a further column of the "
        "predictions; by default the limit holds for all records together.",
    )

    @property
    @abstractmethod
    def title(self) -> str:
        """The measure in words."""

    @abstractmethod
    def measured(self, scores: Floats, member: Bools, confidence: float) -> Quantity:
        """The measure from scores (n,) and truth (n,)."""

    @abstractmethod
    def stored(self, attack: AttackResult, finding: Finding | None) -> tuple[Quantity, ...]:
        """What a result holds of the measure, at the confidences of the tables and of the verdict."""

    def side(self, confidence: float) -> float:
        """Confidence of one end of an interval that a metric calls `confidence`."""
        return confidence if self.one_sided else (1.0 + confidence) / 2.0

    def asked(self, side: float) -> float:
        """The confidence to ask a metric for, so that each end holds with confidence `side`."""
        return side if self.one_sided else 2.0 * side - 1.0

    def decides_by_low(self, found: Quantity) -> bool:
        """Does it take the lower end to decide, because the upper one does not make the rule pass?"""
        return found.value is not None and (found.high is None or found.high > self.limit)

    def needed(self, found: Ends, records: int) -> int | None:
        """Number of records that would settle whether the measure exceeds the limit; None where no number would.

        The ends are taken to approach the measured value with the square root of the number of records.
        """
        value, is_above = found.value, found.value is not None and found.value > self.limit
        end, side = (found.low, found.low_side) if is_above else (found.high, found.high_side)
        if value is None or end is None or value in (end, self.limit):
            return None
        error = abs(value - end) / deviations(2.0 * side - 1.0)
        return records_to_settle(error, abs(value - self.limit), records, 2.0 * side - 1.0)


class AucRule(Rule):
    """Limits the area under an attack's ROC curve."""

    measure: Literal["auc"] = Field(description="The area under the ROC curve, 0.5 where the attack guesses.")
    limit: float = Field(ge=0.5, lt=1, description="The largest AUC that is allowed.")

    @property
    def title(self) -> str:
        """The measure in words."""
        return "AUC"

    def measured(self, scores: Floats, member: Bools, confidence: float) -> Quantity:
        """The measure from scores (n,) and truth (n,)."""
        return auc(scores, member, confidence)

    def stored(self, attack: AttackResult, finding: Finding | None) -> tuple[Quantity, ...]:
        """What a result holds of the measure."""
        return (attack.auc,) if finding is None else (attack.auc, finding.auc)


class TprRule(Rule):
    """Limits the true positive rate of an attack at a low false positive rate."""

    measure: Literal["tpr_at_fpr"] = Field(description="The true positive rate at a false positive rate.")
    fpr: float = Field(gt=0, lt=1, description="The false positive rate.")
    limit: float = Field(gt=0, lt=1, description="The largest true positive rate that is allowed.")

    @property
    def title(self) -> str:
        """The measure in words."""
        return f"TPR at {presenter.limit(self.fpr)} FPR"

    def measured(self, scores: Floats, member: Bools, confidence: float) -> Quantity:
        """The measure from scores (n,) and truth (n,)."""
        return tpr_at_fpr(scores, member, self.fpr, confidence)

    def stored(self, attack: AttackResult, finding: Finding | None) -> tuple[Quantity, ...]:
        """What a result holds of the measure."""
        rates = tuple(rate for fpr, rate in attack.tpr_at_fpr.items() if float(fpr) == self.fpr)
        return rates if finding is None or self.fpr != LOW_FPR else (*rates, finding.tpr)

    def needed(self, found: Ends, records: int) -> int | None:
        """The same; enough non-members to resolve the rate where there are too few, half of the records being such."""
        return super().needed(found, records) if found.value is not None else 2 * needed_nonmembers(self.fpr)


class PrecisionRule(Rule):
    """Limits the precision of an attack where it finds a stated share of the members."""

    measure: Literal["precision"] = Field(description="The precision at the cut that finds a share of the members.")
    recall: float = Field(gt=0, lt=1, description="Share of the members that is found.")
    limit: float = Field(
        gt=0,
        lt=1,
        description="The largest precision that is allowed, for the audit's mix of members and non-members.",
    )

    @property
    def title(self) -> str:
        """The measure in words."""
        return f"precision at recall {presenter.limit(self.recall)}"

    def measured(self, scores: Floats, member: Bools, confidence: float) -> Quantity:
        """The measure from scores (n,) and truth (n,)."""
        return precision_at_recall(scores, member, self.recall, confidence)

    def stored(self, attack: AttackResult, finding: Finding | None) -> tuple[Quantity, ...]:
        """What a result holds of the measure."""
        del finding
        return tuple(found for recall, found in attack.precision_at_recall.items() if float(recall) == self.recall)


class EpsilonRule(Rule):
    """Limits the privacy loss: an audit bounds it from below, a proven guarantee of the target from above."""

    one_sided: ClassVar[bool] = True
    by_proof: ClassVar[bool] = True

    measure: Literal["epsilon"] = Field(
        description="The epsilon of differential privacy. The rule fails where the audit proves more than the limit, "
        "and passes only where the target has a proven guarantee within it: no audit bounds epsilon from above."
    )
    limit: float = Field(ge=0, allow_inf_nan=False, description="The largest epsilon that is allowed.")

    @property
    def title(self) -> str:
        """The measure in words."""
        return "epsilon"

    def measured(self, scores: Floats, member: Bools, confidence: float) -> Quantity:
        """The measure from scores (n,) and truth (n,)."""
        return epsilon(scores, member, confidence)

    def stored(self, attack: AttackResult, finding: Finding | None) -> tuple[Quantity, ...]:
        """What a result holds of the measure."""
        return (attack.epsilon,) if finding is None else (attack.epsilon, finding.epsilon)


class NamedRule(Rule):
    """Limits the number of audited records that an attacker can name as members with a stated precision."""

    measure: Literal["named_records"] = Field(
        description="The number of audited records above the loosest cut that has a stated precision."
    )
    precision: float = Field(gt=0, lt=1, description="Least share of members among the named records.")
    limit: int = Field(ge=0, description="The largest number of records that is allowed.")

    @property
    def title(self) -> str:
        """The measure in words."""
        return f"records named with precision {presenter.limit(self.precision)}"

    def measured(self, scores: Floats, member: Bools, confidence: float) -> Quantity:
        """The measure from scores (n,) and truth (n,)."""
        return named(scores, member, self.precision, confidence).number

    def stored(self, attack: AttackResult, finding: Finding | None) -> tuple[Quantity, ...]:
        """Nothing: a result does not hold this number."""
        del attack, finding
        return ()

    def needed(self, found: Ends, records: int) -> int | None:
        """The number grows with the records, and so does what is proven of it; more records prove no small number."""
        if not found.low or found.low > self.limit:
            return None
        return rounded_up(records * (self.limit + 1) / found.low)


def _with_known_measure(rule: object) -> object:
    measure = rule.get("measure") if isinstance(rule, dict) else None
    if isinstance(rule, dict) and measure not in MEASURES:
        raise ValueError(f"there is no measure {shortened(measure)}: {did_you_mean(str(measure), MEASURES)}")
    return rule


AnyRule = Annotated[
    AucRule | TprRule | PrecisionRule | EpsilonRule | NamedRule,
    Discriminator("measure"),
    BeforeValidator(_with_known_measure),
]
