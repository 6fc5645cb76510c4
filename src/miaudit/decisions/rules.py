"""The rules of a policy: each limits one measure of every attack, overall or within each group."""

from typing import Annotated, ClassVar, Literal

from pydantic import BeforeValidator, Discriminator, Field

from miaudit import presenter
from miaudit.arrays import Bools, Floats
from miaudit.auditing.findings import LOW_FPR
from miaudit.auditing.result import AttackResult, Finding
from miaudit.decisions.change_rules import AucChangeRule, TprChangeRule
from miaudit.decisions.measured import MeasureRule
from miaudit.decisions.rule import Ends, Part, Sides, View
from miaudit.messages import did_you_mean, shortened
from miaudit.metrics.epsilon import epsilon
from miaudit.metrics.named import named
from miaudit.metrics.needed import rounded_up
from miaudit.metrics.precision_recall import precision_at_recall
from miaudit.metrics.quantity import Quantity
from miaudit.metrics.roc import auc, needed_nonmembers, tpr_at_fpr

MEASURES = ("auc", "tpr_at_fpr", "precision", "epsilon", "named_records", "auc_change", "tpr_change")


class AucRule(MeasureRule):
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


class TprRule(MeasureRule):
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

    def needed(self, found: Ends, part: Part) -> int | None:
        """As for other rules; with too few non-members to measure the rate, the least that do at the part's mix."""
        if found.value is not None:
            return super().needed(found, part)
        if min(part.members, part.nonmembers) == 0:
            return None
        return rounded_up(part.records * needed_nonmembers(self.fpr) / part.nonmembers)


class PrecisionRule(MeasureRule):
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


class EpsilonRule(MeasureRule):
    """Limits the privacy loss: an audit bounds it from below, a proven guarantee of the target from above."""

    one_sided: ClassVar[bool] = True

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

    def ends(self, view: View, attack: str, part: Part, sides: Sides) -> Ends:
        """The bound from below and, where the target has a proven guarantee, that from above."""
        found = super().ends(view, attack, part, sides)
        guarantee = view.saved.result.target.guarantee
        if guarantee is None or guarantee.epsilon is None:
            note = found.note or "no audit bounds epsilon from above; a guarantee of DP would"
            return found._replace(high=None, note=note)
        return found._replace(high=guarantee.epsilon, high_side=1.0, note=f"guaranteed: {guarantee.text}")


class NamedRule(MeasureRule):
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

    def needed(self, found: Ends, part: Part) -> int | None:
        """Number of records that would prove that the limit is exceeded; None where no number is proven yet.

        The number of named records and what is proven of it grow with the records, so more never prove it small.
        """
        if not found.low or found.low > self.limit:
            return None
        return rounded_up(part.records * (self.limit + 1) / found.low)


def _with_known_measure(rule: object) -> object:
    measure = rule.get("measure") if isinstance(rule, dict) else None
    if isinstance(rule, dict) and measure not in MEASURES:
        raise ValueError(f"there is no measure {shortened(measure)}: {did_you_mean(str(measure), MEASURES)}")
    return rule


AnyRule = Annotated[
    AucRule | TprRule | PrecisionRule | EpsilonRule | NamedRule | AucChangeRule | TprChangeRule,
    Discriminator("measure"),
    BeforeValidator(_with_known_measure),
]
