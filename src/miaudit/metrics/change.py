"""A difference between two measured numbers that can be stated at any confidence, and one rule that gives it."""

from collections.abc import Callable
from dataclasses import dataclass

from scipy import optimize

from miaudit.maths.normal import confidence_within
from miaudit.metrics.quantity import Quantity

NEAREST, FURTHEST = 1e-3, 8.0  # standard deviations between which p-values are told apart, from 1 to 1e-15


@dataclass(frozen=True, eq=False)
class Change:
    """A difference that can be stated at any confidence; later minus earlier."""

    at: Callable[[float], Quantity]

    @property
    def p(self) -> float:
        """The two-sided p-value: 1 - the lowest confidence at which the interval contains 0."""

        def gap(deviations: float) -> float:
            found = self.at(confidence_within(deviations))
            if found.value is None or found.low is None or found.high is None:
                return 0.0
            return found.low if found.value > 0 else -found.high

        if gap(NEAREST) <= 0:
            return 1.0
        reached = FURTHEST if gap(FURTHEST) > 0 else float(optimize.brentq(gap, NEAREST, FURTHEST, xtol=2e-3))
        return 1.0 - confidence_within(reached)


def square_and_add(first: Quantity, second: Quantity, correlation: float = 0.0) -> Quantity:
    """Compute second - first from the two intervals (MOVER: Zou & Donner, Stat. Med. 2008; Newcombe, Stat. Med. 1998).

    Each end of the interval lies as far from the difference as the root of a^2 + b^2 - 2 r a b, where a and b are the
    distances of the two numbers from the ends of their own intervals. So exact intervals of small counts carry over.

    Args:
        first: the earlier number, with its interval.
        second: the later number, at the same confidence.
        correlation: between the two estimates, from -1 to 1; 0 where they rest on different records.

    >>> one = Quantity(value=0.5, low=0.4, high=0.6, n=100)
    >>> square_and_add(one, Quantity(value=0.7, low=0.6, high=0.8, n=100)).text()
    '0.200 [0.059, 0.341]'
    """
    ends = (first.value, first.low, first.high, second.value, second.low, second.high)
    if any(end is None for end in ends):
        lacking = first if first.value is None else second
        return Quantity.unresolved(lacking.n, lacking.note, first.confidence)
    p1, l1, u1, p2, l2, u2 = (end for end in ends if end is not None)
    value = p2 - p1

    def reach(a: float, b: float) -> float:
        return max(0.0, a * a + b * b - 2.0 * correlation * a * b) ** 0.5

    return Quantity(
        value=value,
        low=max(-1.0, value - reach(p2 - l2, u1 - p1)),
        high=min(1.0, value + reach(u2 - p2, p1 - l1)),
        confidence=first.confidence,
        n=min(first.n, second.n),
    )
