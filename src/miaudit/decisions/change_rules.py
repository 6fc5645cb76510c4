"""Rules on the change from a baseline audit: how much more an attack may find than it did there."""

from abc import abstractmethod
from typing import ClassVar, Literal

from pydantic import Field

from miaudit import presenter
from miaudit.decisions.difference import change_of
from miaudit.decisions.matching import Pair
from miaudit.decisions.rule import Ends, Part, Rule, Sides, View
from miaudit.metrics.change import Change

SEED = 0  # of the bootstrap, so that the same audits get the same decision


class ChangeRule(Rule):
    """A limit on how much a measure may exceed that of the baseline, by a paired test where records are shared."""

    compares: ClassVar[bool] = True

    @abstractmethod
    def change(self, pair: Pair, attack: str) -> Change:
        """The measure of this audit minus that of the baseline."""

    def ends(self, view: View, attack: str, part: Part, sides: Sides) -> Ends:
        """The ends of the difference, by the paired test of `miaudit compare`."""
        del part
        if view.pair is None:
            raise ValueError("a gate with such a rule has a baseline")
        change = self.change(view.pair, attack)
        strict, single = change.at(2.0 * sides.low - 1.0), change.at(2.0 * sides.high - 1.0)
        return Ends(strict.value, strict.low, sides.low, single.high, sides.high, strict.note)


class AucChangeRule(ChangeRule):
    """Limits by how much the AUC may exceed that of the baseline."""

    measure: Literal["auc_change"] = Field(description="The AUC minus that of the same attack in the baseline.")
    limit: float = Field(
        ge=0, lt=1, description="The largest increase that is allowed; an increase of 0 can hardly be proven."
    )

    @property
    def title(self) -> str:
        """The measure in words."""
        return "increase of the AUC"

    def change(self, pair: Pair, attack: str) -> Change:
        """The measure of this audit minus that of the baseline."""
        return change_of(pair, attack, attack, None, SEED)


class TprChangeRule(ChangeRule):
    """Limits by how much the true positive rate may exceed that of the baseline."""

    measure: Literal["tpr_change"] = Field(
        description="The true positive rate minus that of the same attack in the baseline."
    )
    fpr: float = Field(gt=0, lt=1, description="The false positive rate.")
    limit: float = Field(
        ge=0, lt=1, description="The largest increase that is allowed; an increase of 0 can hardly be proven."
    )

    @property
    def title(self) -> str:
        """The measure in words."""
        return f"increase of the TPR at {presenter.limit(self.fpr)} FPR"

    def change(self, pair: Pair, attack: str) -> Change:
        """The measure of this audit minus that of the baseline."""
        return change_of(pair, attack, attack, self.fpr, SEED)
