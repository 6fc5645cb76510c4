"""Says how many records would let an audit answer more narrowly."""

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

from miaudit.auditing.grading import LIMITS, Measure, step_of
from miaudit.auditing.result import Finding, Step
from miaudit.auditing.result.controls import WIDE
from miaudit.auditing.result.grade import STEPS
from miaudit.maths.normal import deviations
from miaudit.metrics.intervals import Interval, clopper_pearson
from miaudit.metrics.needed import MOST_TIMES, records_to_settle, rounded_up, times_to_settle
from miaudit.metrics.quantity import Quantity


class _Number(NamedTuple):
    """A measured rate or AUC."""

    measure: Measure
    quantity: Quantity

    @property
    def is_measured(self) -> bool:
        """Has it a value with both ends?"""
        return None not in (self.quantity.value, self.quantity.low, self.quantity.high)


def records_to_rule_out(found: Sequence[Finding], records: int) -> int:
    """Number of records with which four audits of five would rule out a leak, if there is none.

    Args:
        found: what every attack found, one or more.
        records: number of audited records.
    """
    areas = [each.auc for each in found if each.auc.low is not None and each.auc.high is not None]
    return max((records_to_settle(_error(area), WIDE, records, area.confidence) for area in areas), default=2 * records)


def records_to_grade(found: Sequence[Finding], records: int) -> int | None:
    """Number of records that would put the grade into one step, if what was measured is true.

    None where no sensible number would, because a measured number lies close to a limit of the scale.

    Args:
        found: what every attack found.
        records: number of audited records.
    """

    def of_all(_: _Number, times: float) -> float:
        return times

    return _counted(_to_grade(found, of_all), records)


def outsiders_to_grade(found: Sequence[Finding], members: int, nonmembers: int) -> int | None:
    """Number of non-members that would put the grade into one step with the same members.

    None where no sensible number would: what chance does among the members is then too much by itself.

    Args:
        found: what every attack found.
        members: number of audited members.
        nonmembers: number of audited non-members.
    """

    def alone(number: _Number, times: float) -> float:
        return outsiders_alone(times, _share_of_outsiders(number, members, nonmembers))

    return _counted(_to_grade(found, alone), nonmembers)


def outsiders_alone(times: float, share: float) -> float:
    """How many times as many non-members, with the same members, narrow an interval as much as `times` all records.

    Args:
        times: 1 or more.
        share: of the variance that comes from the non-members and falls with their number, in [0, 1].

    Returns:
        Infinity where no number does.

    >>> outsiders_alone(1.5, 0.5), outsiders_alone(2.0, 0.5)  # 0.5 + 0.5 / 3 = 1 / 1.5
    (3.0..., inf)
    """
    if times <= 1:
        return times
    left = 1 / times - (1 - share)
    return share / left if left > 0 else math.inf


def narrowest(rate: Quantity, members: int) -> Interval:
    """The interval of a true positive rate that any number of non-members leaves, with the same members.

    With the false positive rate of every cut known, only the count of members above the cut is left to chance.

    >>> narrowest(Quantity(value=0.5, low=0.2, high=0.8, n=10), 10)
    Interval(low=0.187..., high=0.812...)
    """
    return clopper_pearson(round((rate.value or 0.0) * members), members, rate.confidence)


def _to_grade(found: Sequence[Finding], cost: Callable[[_Number, float], float]) -> float:
    """The least cost of putting the grade into one step; infinite where nothing does.

    Args:
        found: what every attack found.
        cost: of narrowing the interval of a number as much as so many times as many records do.
    """
    every = [number for each in found for number in (_Number("tpr", each.tpr), _Number("auc", each.auc))]
    numbers = [number for number in every if number.is_measured]
    if not numbers:
        return math.inf
    step = max((step_of(number.measure, number.quantity.value or 0.0) for number in numbers), key=STEPS.index)
    lower = [cost(number, _times(number, step, above=True)) for number in numbers]
    upper = [cost(number, _times(number, step, above=False)) for number in numbers]
    return max(min(lower), *upper)


def _times(number: _Number, step: Step, above: bool) -> float:
    """How many times as many records put the interval above the lower limit of the step, or below its upper limit."""
    measure, quantity = number
    place = STEPS.index(step) - (1 if above else 0)
    if not 0 <= place < len(LIMITS[measure]):  # the lowest step has no lower limit, the highest no upper one
        return 0.0
    limit, value = LIMITS[measure][place], quantity.value or 0.0
    distance = value - limit if above else limit - value
    if distance <= 0:
        return math.inf
    end = quantity.low if above else quantity.high
    if end is not None and (end >= limit if above else end < limit):
        return 1.0
    return times_to_settle(_error(quantity), distance, quantity.confidence)


def _share_of_outsiders(number: _Number, members: int, nonmembers: int) -> float:
    """The share of a number's variance that comes from the non-members.

    Of a rate, it is what the binomial variance of the members found does not explain: the error of the cut. Of an AUC,
    the placements of members and of non-members are taken to vary alike, as they do where nothing leaks.
    """
    if number.measure == "auc":
        return members / (members + nonmembers)
    value = number.quantity.value or 0.0
    return max(0.0, 1.0 - value * (1.0 - value) / members / _error(number.quantity) ** 2)


def _counted(times: float, count: int) -> int | None:
    if times > MOST_TIMES:
        return None
    return count if times <= 1 else rounded_up(times * count)


def _error(quantity: Quantity) -> float:
    low, high = quantity.low or 0.0, quantity.high or 1.0
    return (high - low) / 2 / deviations(quantity.confidence)
