"""Rules on a measure of one audit: its interval comes from the scores, or from the result where that suffices."""

from abc import abstractmethod
from typing import ClassVar

from pydantic import Field

from miaudit.arrays import Bools, Floats
from miaudit.auditing.groups import LABEL, Groups, classes_of, groups_by
from miaudit.auditing.result import AttackResult, Finding
from miaudit.decisions.rule import Ends, Part, Rule, ScoresAtHand, Sides, View
from miaudit.decisions.saved import SavedAudit
from miaudit.metrics.quantity import Quantity

FURTHER = "column."  # start of the columns of scores.parquet that may form groups


class MeasureRule(Rule):
    """A limit on a measure, overall or within each group."""

    one_sided: ClassVar[bool] = False  # whether the confidence of the metric is that of one end, not of both

    group_by: str | None = Field(
        default=None,
        description="Column within each of whose values the limit holds, such as `label` or a further column of the "
        "predictions; by default the limit holds for all records together.",
    )

    @property
    def heading(self) -> str:
        """The measure, and the column within whose values it is limited."""
        return self.title if self.group_by is None else f"{self.title}, each {self.group_by}"

    @abstractmethod
    def measured(self, scores: Floats, member: Bools, confidence: float) -> Quantity:
        """The measure from scores (n,) and truth (n,)."""

    @abstractmethod
    def stored(self, attack: AttackResult, finding: Finding | None) -> tuple[Quantity, ...]:
        """What a result holds of the measure, at the confidences of the tables and of the verdict."""

    def parts(self, saved: SavedAudit) -> tuple[Part, ...]:
        """All records or, for a rule on groups, those of each value of its column.

        Raises:
            UserError: the scores are needed and not at hand, there is no such column, or it does not make groups.
        """
        if self.group_by is None:
            return super().parts(saved)
        groups = _groups(saved, self.group_by)
        member = saved.needs_scores("a rule on groups")["member"].to_numpy()
        parts = ((name, groups.of == place) for place, name in enumerate(groups.names))
        return tuple(Part(name, rows, int(member[rows].sum()), int((~member[rows]).sum())) for name, rows in parts)

    def ends(self, view: View, attack: str, part: Part, sides: Sides) -> Ends:
        """The ends from the scores or, without them, from the result."""
        if view.scores is None:
            return self._from_result(view.saved, attack, sides)
        return self._from_scores(view.scores, attack, part, sides)

    def _from_scores(self, scores: ScoresAtHand, attack: str, part: Part, sides: Sides) -> Ends:
        if min(part.members, part.nonmembers) == 0:
            note = f"needs members and non-members, has {part.members:,} and {part.nonmembers:,}"
            return Ends(None, None, sides.low, None, sides.high, note)
        values, member = scores.by_attack[attack], scores.member
        if part.rows is not None:
            values, member = values[part.rows], member[part.rows]
        strict = self.measured(values, member, self._asked(sides.low))
        is_enough = self.one_sided or sides.low == sides.high  # a one-sided metric has no upper end
        single = strict if is_enough else self.measured(values, member, self._asked(sides.high))
        return Ends(strict.value, strict.low, sides.low, single.high, sides.high, strict.note)

    def _from_result(self, saved: SavedAudit, attack: str, sides: Sides) -> Ends:
        """The stored interval with the lowest confidence that suffices; a lower end may be missing if not needed."""
        finding = next((each for each in saved.result.findings if each.name == attack), None)
        held = sorted(self.stored(saved.result.attacks[attack], finding), key=lambda quantity: quantity.confidence)
        strict, single = self._first(held, sides.low), self._first(held, sides.high)
        if single is None or (strict is None and self._decides_by_low(single)):
            saved.needs_scores(f"a limit on {self.title} at this policy's confidence")
        known = single or held[0]
        low = None if strict is None else strict.low
        low_side = sides.low if strict is None else self._side(strict.confidence)
        return Ends(known.value, low, low_side, known.high, self._side(known.confidence), known.note)

    def _first(self, held: list[Quantity], side: float) -> Quantity | None:
        return next((quantity for quantity in held if self._side(quantity.confidence) >= side - 1e-12), None)

    def _decides_by_low(self, found: Quantity) -> bool:
        """Is the lower end needed to decide, because the upper one does not make the rule pass?"""
        return found.value is not None and (found.high is None or found.high > self.limit)

    def _side(self, confidence: float) -> float:
        """Confidence of one end of an interval that a metric calls `confidence`."""
        return confidence if self.one_sided else (1.0 + confidence) / 2.0

    def _asked(self, side: float) -> float:
        """The confidence to ask a metric for, so that each end holds with confidence `side`."""
        return side if self.one_sided else 2.0 * side - 1.0


def _groups(saved: SavedAudit, group_by: str) -> Groups:
    """The records in groups, as an audit with `--group-by` would form them."""
    table = saved.needs_scores(f"a rule for each {group_by}")
    names = saved.result.target.class_names
    classes = None if saved.result.target.classes == 0 else classes_of(table[LABEL].to_numpy(), names)
    kept = (name.removeprefix(FURTHER) for name in table.column_names if name.startswith(FURTHER))
    return groups_by([group_by], classes, {name: table[FURTHER + name].to_numpy() for name in kept})[group_by]
