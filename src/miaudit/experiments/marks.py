"""Decides whether a published number holds here: whether ours is near it, and whether more runs could change that."""

import math
import statistics
from collections.abc import Callable, Sequence
from typing import Literal, NamedTuple

from miaudit.experiments.expected import Published
from miaudit.experiments.measures import kind
from miaudit.experiments.results import Number
from miaudit.maths.t_intervals import reach_of_mean, reach_of_next

TOLERANCE = 0.03 + 1e-9  # largest difference of rates, AUCs or accuracies that are near
FACTOR = 1.5  # largest ratio of small rates, counts or amounts that are near
SMALL = 0.1  # smaller rates are compared by their ratio

Mark = Literal["holds", "open", "differs"]


class Ours(NamedTuple):
    """One of our numbers, over the runs of a row."""

    value: float  # the mean, where there are several runs
    spread: float | None = None  # standard deviation over runs; None for one run, or for an infinite value
    low: float | None = None  # ends of the interval; of a single run only
    high: float | None = None
    runs: int = 1

    @property
    def lies(self) -> tuple[float, float]:
        """The 95 % interval of our number: that of the mean or, with one run, its own."""
        return self._around(reach_of_mean)

    @property
    def may_be(self) -> tuple[float, float]:
        """The range in which one more run would fall 95 % of the time; with one run, its own interval."""
        return self._around(reach_of_next)

    def _around(self, reach_of: Callable[[float, int], float]) -> tuple[float, float]:
        if self.spread is None:
            return self.value if self.low is None else self.low, self.value if self.high is None else self.high
        reach = reach_of(self.spread, self.runs)
        return self.value - reach, self.value + reach


def over_runs(numbers: Sequence[Number]) -> Ours | None:
    """Summarise a number over runs, leaving out those without it; None where none has it."""
    values = [value for value, _, _ in numbers if value is not None]
    if not values:
        return None
    if len(values) == 1:
        _, low, high = next(number for number in numbers if number[0] is not None)
        return Ours(values[0], None, low, high)
    return Ours(statistics.fmean(values), None if math.inf in values else statistics.stdev(values), runs=len(values))


def mark(measure: str, ours: Ours | None, paper: Published | None) -> Mark | None:
    """Does the published number hold? None where one of the two is missing.

    Holds: ours is near it, and known as closely. Open: near, but chance leaves more open than the tolerance; or not
    near, but one more run may be. A number without an interval counts as exact.
    """
    if ours is None or paper is None:
        return None
    if near(measure, ours.value, paper.value, paper.rounding):
        is_known = all(near(measure, end, ours.value, paper.rounding) for end in ours.lies)
        return "holds" if is_known else "open"
    low, high = ours.may_be
    return "open" if low <= paper.value <= high else "differs"


def near(measure: str, one: float, other: float, rounding: float = 0.0) -> bool:
    """Are two numbers near? Within 0.03; small rates, counts and amounts within a factor of 1.5; or equal as printed.

    >>> near("auc", 0.62, 0.592), near("tpr_at_fpr_0.01", 0.01, 0.03), near("epsilon", 0.8, 1.0)
    (True, False, True)
    """
    if one == other or abs(one - other) <= rounding:  # both may be infinite
        return True
    if kind(measure) == "rate" and max(one, other) > SMALL:
        return abs(one - other) <= TOLERANCE
    low, high = sorted((one, other))
    return high <= FACTOR * low
