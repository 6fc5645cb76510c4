"""Grades a leak on a scale of five steps, from both ends of the corrected intervals of all attacks.

The scale follows the true positive rate at 1 % FPR: the limits are 3, 10 and 30 times what guessing finds. Where there
are as many members as non-members, 75, 91 and 97 of 100 accused records are then members. For the AUC the limits are
those that go with these rates where members score like non-members, but higher (two normal distributions of the same
width): AUC = Phi(d / sqrt(2)) with d = Phi^-1(0.99) - Phi^-1(1 - TPR), rounded to two digits.
"""

from collections.abc import Sequence
from typing import Literal, NamedTuple

from miaudit.auditing.findings import LOW_FPR
from miaudit.auditing.result import Bound, Controls, Finding, Grade, Level, Step
from miaudit.auditing.result.grade import STEPS
from miaudit.metrics.quantity import Quantity

Measure = Literal["tpr", "auc"]
LIMITS: dict[Measure, tuple[float, ...]] = {"tpr": (LOW_FPR, 0.03, 0.10, 0.30), "auc": (0.5, 0.62, 0.77, 0.90)}
GRADED: tuple[Level, ...] = ("leaks", "weak_signs", "no_leak_found")


class _Ends(NamedTuple):
    """The interval of one measure of one attack."""

    attack: str
    measure: Measure
    low: float
    high: float


def step_of(measure: Measure, value: float) -> Step:
    """The step of the scale in which a number lies; a limit belongs to the step above it, guessing to the lowest.

    >>> step_of("tpr", 0.01), step_of("tpr", 0.02), step_of("tpr", 0.3), step_of("auc", 0.7)
    ('none_found', 'slight', 'severe', 'moderate')
    """
    guess, *limits = LIMITS[measure]
    return STEPS[int(value > guess) + sum(value >= limit for limit in limits)]


def graded(level: Level, found: Sequence[Finding], controls: Controls) -> Grade | None:
    """Grade what the attacks found; None where the verdict does not allow it, as with too few records.

    The upper end is that of the attack that may find most. A proven leak is at least slight; where none is proven, the
    lower end is "none found". Where members and non-members differ, an attack's AUC is replaced by 0.5 plus its lead
    over what can be seen without asking the model, and rates do not count.

    Args:
        level: the level of the verdict.
        found: what every attack found.
        controls: the audit's checks of itself.
    """
    ends = _beyond(controls) if controls.sides_differ else _ends(found)
    if level not in GRADED or not ends:
        return None
    least = _highest([(end, end.low) for end in ends])
    most = _highest([(end, end.high) for end in ends])
    proven = _higher(least.step, "slight") if level == "leaks" else "none_found"
    return Grade(
        lower=least.model_copy(update={"step": proven}),
        upper=most.model_copy(update={"step": _higher(proven, most.step)}),
    )


def _higher(step: Step, other: Step) -> Step:
    return max(step, other, key=STEPS.index)


def _ends(found: Sequence[Finding]) -> list[_Ends]:
    """The intervals of all attacks, as far as the records allow any."""
    rates = [_of(each.name, "tpr", each.tpr) for each in found]
    areas = [_of(each.name, "auc", each.auc) for each in found]
    return [end for end in (*rates, *areas) if end is not None]


def _beyond(controls: Controls) -> list[_Ends]:
    """The attacks' leads over what can be seen without asking the model."""
    leads = [_of(name, "auc", beside.auc, 0.5) for name, beside in controls.beyond.items()]
    return [lead for lead in leads if lead is not None]


def _of(attack: str, measure: Measure, quantity: Quantity, shift: float = 0.0) -> _Ends | None:
    if quantity.low is None or quantity.high is None:
        return None
    return _Ends(attack, measure, quantity.low + shift, quantity.high + shift)


def _highest(ends: Sequence[tuple[_Ends, float]]) -> Bound:
    """The end in the highest step. Of several, a rate is preferred to an AUC, and the largest is taken."""
    bounds = [
        Bound(step=step_of(end.measure, value), attack=end.attack, measure=end.measure, value=value)
        for end, value in ends
    ]
    return max(bounds, key=lambda bound: (STEPS.index(bound.step), bound.measure == "tpr", bound.value))
