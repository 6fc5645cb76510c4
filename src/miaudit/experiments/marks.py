"""Does a published number hold here? Near it or not, and could more runs or more records tell otherwise?"""

import math
import statistics
from collections.abc import Sequence
from typing import Literal, NamedTuple

from miaudit.experiments.expected import Published
from miaudit.experiments.measures import kind
from miaudit.experiments.results import Number

TOLERANCE = 0.03 + 1e-9  # of a rate, an AUC or an accuracy
FACTOR = 1.5  # between small rates, counts and amounts: within it they are near
SMALL = 0.1  # rates below it are compared by their ratio
CHANCE = 2.0  # standard deviations

Mark = Literal["holds", "open", "differs"]


class Ours(NamedTuple):
    """A number over the runs of a row."""

    value: float  # of several runs the mean
    spread: float | None = None  # standard deviation over seeds and draws of known records; None of one run, or of inf
    low: float | None = None  # how far down and up the intervals of the runs reach
    high: float | None = None
    runs: int = 1

    @property
    def surely(self) -> tuple[float, float]:
        """Where the value lies but for chance: of several runs by the error of their mean, of one its interval."""
        if self.spread is not None:
            error = CHANCE * self.spread / math.sqrt(self.runs)
            return self.value - error, self.value + error
        return self._interval

    @property
    def at_most(self) -> tuple[float, float]:
        """Where a single run may come out: within two deviations of the mean, or within one run's interval."""
        reach = CHANCE * (self.spread or 0.0)
        low, high = self._interval
        return min(low, self.value - reach), max(high, self.value + reach)

    @property
    def _interval(self) -> tuple[float, float]:
        return self.value if self.low is None else self.low, self.value if self.high is None else self.high


def over_runs(numbers: Sequence[Number]) -> Ours | None:
    """One number of several runs, those without it left out; None where none has it."""
    values = [value for value, _, _ in numbers if value is not None]
    if not values:
        return None
    low = min((end for value, end, _ in numbers if value is not None and end is not None), default=None)
    high = max((end for value, _, end in numbers if value is not None and end is not None), default=None)
    has_spread = len(values) > 1 and math.inf not in values
    return Ours(statistics.fmean(values), statistics.stdev(values) if has_spread else None, low, high, len(values))


def mark(measure: str, ours: Ours | None, paper: Published | None) -> Mark | None:
    """Holds: near the published number, and sure to be so far as the tolerance goes; None where one is missing.

    Open: near, and too uncertain to tell; or not near, and a run like ours might have come out so.
    """
    if ours is None or paper is None:
        return None
    if near(measure, ours.value, paper.value, paper.rounding):
        is_sure = all(near(measure, end, ours.value, paper.rounding) for end in ours.surely)
        return "holds" if is_sure else "open"
    low, high = ours.at_most
    return "open" if low <= paper.value <= high else "differs"


def near(measure: str, one: float, other: float, rounding: float = 0.0) -> bool:
    """Within 0.03, small rates, counts and amounts within a factor of 1.5; or the same as printed.

    >>> near("auc", 0.62, 0.592), near("tpr_at_fpr_0.01", 0.01, 0.03), near("epsilon", 0.8, 1.0)
    (True, False, True)
    """
    if one == other or abs(one - other) <= rounding:  # both may be infinite
        return True
    if kind(measure) == "rate" and max(one, other) > SMALL:
        return abs(one - other) <= TOLERANCE
    low, high = sorted((one, other))
    return high <= FACTOR * low
