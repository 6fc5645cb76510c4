"""What all rules of a policy have in common: a limit on a measure, and the interval that is compared with it."""

from abc import ABC, abstractmethod
from typing import Annotated, ClassVar, NamedTuple

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from miaudit.arrays import Bools, Floats
from miaudit.decisions.matching import Pair
from miaudit.decisions.saved import SavedAudit
from miaudit.maths.normal import deviations
from miaudit.metrics.needed import MOST_TIMES, rounded_up, times_to_settle


class Sides(NamedTuple):
    """One-sided confidences of the two ends of every interval."""

    low: float
    high: float


class Ends(NamedTuple):
    """A measure with the two ends of its interval, each at a confidence of its own."""

    value: float | None
    low: float | None
    low_side: float  # one-sided confidence of the lower end
    high: float | None
    high_side: float
    note: str  # why there is no value; empty if there is one


class Part(NamedTuple):
    """The records that a check is about."""

    group: str | None  # value of the rule's column; None for all records
    rows: Bools | None  # (n,); None for all records
    members: int
    nonmembers: int

    @property
    def records(self) -> int:
        """Number of members and non-members together."""
        return self.members + self.nonmembers


class ScoresAtHand(NamedTuple):
    """The scores of every attack (n,), and the truth (n,)."""

    by_attack: dict[str, Floats]
    member: Bools


class View(NamedTuple):
    """What a gate sees: the audit, its scores where they are at hand, and the audit's records beside a baseline's."""

    saved: SavedAudit
    scores: ScoresAtHand | None
    pair: Pair | None  # the baseline first; None where there is none


def _several(names: object) -> object:
    """A single name becomes a tuple of one."""
    return (names,) if isinstance(names, str) else names


class Rule(BaseModel, ABC):
    """A limit on one measure of attacks."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    compares: ClassVar[bool] = False  # whether it needs a baseline to compare with

    measure: str = Field(description="The measure that is limited; each kind of rule has its own name.")
    limit: float = Field(description="The largest value of the measure that still passes.")
    attacks: Annotated[tuple[str, ...] | None, BeforeValidator(_several)] = Field(
        default=None,
        strict=False,
        min_length=1,
        description="Titles of the attacks that the rule is about; by default all that the audit ran.",
    )

    @property
    @abstractmethod
    def title(self) -> str:
        """The measure in words."""

    @property
    def heading(self) -> str:
        """The measure and, for a rule on groups, their column, in words."""
        return self.title

    def parts(self, saved: SavedAudit) -> tuple[Part, ...]:
        """The records that the rule is checked on; by default all of them together."""
        return (Part(None, None, saved.result.target.members, saved.result.target.nonmembers),)

    @abstractmethod
    def ends(self, view: View, attack: str, part: Part, sides: Sides) -> Ends:
        """The measure of one attack on a part of the records, each end at its own confidence.

        Raises:
            UserError: the scores are needed and not at hand.
        """

    def needed(self, found: Ends, part: Part) -> int | None:
        """Number of records that would settle whether the measure exceeds the limit, rounded up to two digits.

        The ends are taken to approach the measured value with the square root of the number of records. None where no
        number would settle it, or none below 50 times these records: the value then lies too near the limit.
        """
        value, is_above = found.value, found.value is not None and found.value > self.limit
        end, side = (found.low, found.low_side) if is_above else (found.high, found.high_side)
        if value is None or end is None or value in (end, self.limit):
            return None
        error = abs(value - end) / deviations(2.0 * side - 1.0)
        times = times_to_settle(error, abs(value - self.limit), 2.0 * side - 1.0)
        return rounded_up(times * part.records) if times <= MOST_TIMES else None
