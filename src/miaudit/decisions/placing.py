"""Says how many records would let an audit answer more narrowly."""

from collections.abc import Sequence

from miaudit.auditing.grading import LIMITS, Measure, step_of
from miaudit.auditing.result import Finding, Step
from miaudit.auditing.result.controls import WIDE
from miaudit.auditing.result.grade import STEPS
from miaudit.maths.normal import deviations
from miaudit.metrics.intervals import Interval, clopper_pearson
from miaudit.metrics.needed import records_to_settle
from miaudit.metrics.quantity import Quantity

MOST = 50  # times as many records: beyond this, the number lies so near a limit that no audit will place it


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
    measured = [("tpr", each.tpr) for each in found] + [("auc", each.auc) for each in found]
    numbers: list[tuple[Measure, Quantity]] = [
        ("tpr" if name == "tpr" else "auc", quantity)
        for name, quantity in measured
        if quantity.value is not None and quantity.low is not None and quantity.high is not None
    ]
    if not numbers:
        return None
    step = max((step_of(measure, quantity.value or 0.0) for measure, quantity in numbers), key=STEPS.index)
    lower = [_settled(measure, quantity, step, records, above=True) for measure, quantity in numbers]
    upper = [_settled(measure, quantity, step, records, above=False) for measure, quantity in numbers]
    needed = max(min(lower), *upper)
    return int(needed) if needed <= MOST * records else None


def narrowest(rate: Quantity, members: int) -> Interval:
    """The interval of a true positive rate that any number of non-members leaves, with the same members.

    With the false positive rate of every cut known, only the count of members above the cut is left to chance.

    >>> narrowest(Quantity(value=0.5, low=0.2, high=0.8, n=10), 10)
    Interval(low=0.187..., high=0.812...)
    """
    return clopper_pearson(round((rate.value or 0.0) * members), members, rate.confidence)


def _settled(measure: Measure, quantity: Quantity, step: Step, records: int, above: bool) -> float:
    """Records that put the number's interval above the lower limit of the step, or below its upper limit."""
    place = STEPS.index(step) - (1 if above else 0)
    if not 0 <= place < len(LIMITS[measure]):  # the lowest step has no lower limit, the highest no upper one
        return 0
    limit, value = LIMITS[measure][place], quantity.value or 0.0
    distance = value - limit if above else limit - value
    if distance <= 0:
        return float("inf")
    end = quantity.low if above else quantity.high
    if end is not None and (end >= limit if above else end < limit):
        return records
    return records_to_settle(_error(quantity), distance, records, quantity.confidence)


def _error(quantity: Quantity) -> float:
    low, high = quantity.low or 0.0, quantity.high or 1.0
    return (high - low) / 2 / deviations(quantity.confidence)
