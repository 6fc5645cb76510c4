"""The part of a result that holds the controls, the audit's checks of itself."""

from typing import Literal

from pydantic import Field

from miaudit.auditing.result.base import Record
from miaudit.metrics.quantity import Quantity

WIDE = 0.05  # an AUC interval that reaches further than this above 0.5 leaves open whether there is a leak


class Compared(Record):
    """A number of the target beside the same number of the reference models."""

    target: float
    """The target's number."""
    references: float
    """The mean of the references' numbers."""
    low: float | None
    """Lower end of the interval in which one more such reference would lie; None if there is only one reference."""
    high: float | None
    """Upper end of that interval; None if there is only one reference."""
    alike: bool
    """Whether the target's number lies in the interval; true where there is none."""


class Likeness(Record):
    """Whether reference models do as well as the target, on their own training records and on others."""

    state: Literal["alike", "unlike", "unknown"]
    """The answer; "unknown" where there are too few models to tell."""
    models: int
    """Number of models behind the least supported of the numbers."""
    measured: dict[str, Compared]
    """Up to four numbers: `accuracy_own`, `accuracy_other`, `loss_own` and `loss_other`."""
    learned_nothing: int = 0
    """Models no better on their own training records than one constant answer, though the target clearly is."""


class ColumnDifference(Record):
    """How far members and non-members differ in one column of the records."""

    name: str
    """Name of the column."""
    auc: float
    """AUC of the column's value as a membership score: 0.5 where both sides are alike, 1 where members are higher."""
    p: float
    """Two-sided p-value, corrected for the number of columns."""


class BlindBaseline(Record):
    """An attacker who sees only the records and never asks the model: what they find is not a leak."""

    saw: Literal["records", "labels"]
    """What the baseline was given: the labels alone if the records were not available."""
    auc: Quantity
    """AUC, at the confidence of the control."""
    tpr: Quantity
    """True positive rate at 1 % FPR."""
    wins: bool
    """Whether members and non-members differ beyond chance."""
    columns: int
    """Number of columns that were compared one by one."""
    differ: tuple[ColumnDifference, ...]
    """Columns that differ beyond chance, the widest difference first."""
    epsilon: Quantity | None = None
    """The epsilon for which the difference between the two sides could be mistaken."""


class Beyond(Record):
    """One attack compared with attackers who never ask the target."""

    auc: Quantity
    """The attack's AUC minus the highest AUC of those attackers, on the same records."""
    goes_beyond: bool
    """Whether the attack finds more than they do, and finds the members of a model trained on random records."""
    drawn_at_random: Quantity | None = None
    """AUC of the attack on a model trained on random records; None if there is no such model, or it was not needed."""


class Controls(Record):
    """Checks of the audit itself: nobody may win the null, and every attack should win the positive control."""

    null: dict[str, dict[str, Quantity]]
    """Attack -> `{"auc": ...}` where nothing leaks; the confidence is corrected for the number of attacks."""
    positive: dict[str, dict[str, Quantity]]
    """Attack -> `{"auc": ...}` where a leak was built in."""
    null_passed: bool
    """Whether no attack found a leak where there is none."""
    positive_passed: bool
    """Whether every attack found the built-in leak. One that misses it on enough records is blind to such outputs."""
    same_distribution: Quantity | None = None
    """AUC of members against non-members by models that were not trained on the record: 0.5 where nothing differs."""
    likeness: Likeness | None = None
    """Whether references resemble the target; None where there are no reference or shadow models."""
    blind: BlindBaseline | None = None
    """What an attacker finds who never asks the model; None in results of earlier versions."""
    beyond: dict[str, Beyond] = Field(default_factory=dict)
    """Attack -> its lead over the blind baseline; filled where members and non-members differ."""

    @property
    def references_differ(self) -> bool:
        """Do models that were not trained on the records fit members or non-members better?"""
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
        """The highest AUC measured without asking the target, even if chance explains it; at least 0.5."""
        seen = [0.5] if self.blind is None else [0.5, self.blind.auc.value or 0.5]
        view = None if self.same_distribution is None else self.same_distribution.value
        return max(seen if view is None else [*seen, view, 1.0 - view])

    def tpr_unasked(self, guess: float) -> float:
        """The TPR of the blind baseline at 1 % FPR; at least that of guessing."""
        return guess if self.blind is None else max(guess, self.blind.tpr.value or 0.0)

    @property
    def epsilon_unasked(self) -> float:
        """The epsilon for which the blind baseline's difference could be mistaken, as measured."""
        of = None if self.blind is None else self.blind.epsilon
        return 0.0 if of is None else of.value or 0.0

    def missed(self, attack: str) -> bool:
        """Did this attack fail to show the leak that the positive control builds in?"""
        of = self.positive.get(attack)
        return of is not None and (of["auc"].low or 0.0) <= 0.5

    def is_blind(self, attack: str) -> bool:
        """Did this attack miss the built-in leak although there were enough records to show it?"""
        return self.missed(attack) and (self.positive[attack]["auc"].high or 1.0) <= 0.5 + WIDE
