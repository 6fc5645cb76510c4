"""Writes the numbers of an audit, the same on the terminal, on the page, in a verdict and in the documentation.

All texts have plain spaces. The page replaces the space before a per cent sign by one that does not break.
"""

import math
from collections.abc import Callable
from typing import NamedTuple, Protocol

PER_CENT = " %"
NOTHING = "–"  # stands where there is no number, for a reason the reader knows


class Measured(Protocol):
    """A measured value with its interval: what `miaudit.metrics.quantity.Quantity` holds."""

    @property
    def value(self) -> float | None:
        """The estimate; None where the records do not allow one."""

    @property
    def low(self) -> float | None:
        """Lower end of the interval; None where it has none."""

    @property
    def high(self) -> float | None:
        """Upper end of the interval; None where it has none."""

    @property
    def confidence(self) -> float:
        """Confidence of the interval, in (0, 1)."""

    @property
    def n(self) -> int:
        """Number of records that limits the precision."""

    @property
    def note(self) -> str:
        """The reason why there is no value, or a caution about it."""


class Printed(NamedTuple):
    """A measured value in print: the number with the ends of its interval, or the note that says why there is none."""

    value: str = ""
    low: str = ""
    high: str = ""
    note: str = ""
    detail: str = ""  # confidence and number of records, for readers who want more

    @property
    def interval(self) -> str:
        """The interval by itself, without the per cent signs.

        >>> Printed("81.2 %", "79.0 %", "83.4 %").interval
        '79.0 – 83.4'
        """
        low, high = (end.removesuffix(PER_CENT) for end in (self.low, self.high))
        if low and high:
            return f"{low} – {high}"
        return f"at least {low}" if low else f"at most {high}" if high else ""

    def text(self, between: str = " ") -> str:
        """The value with its interval in brackets, else with its note; `between` stands before the bracket.

        >>> Printed("0.812", "0.790", "0.834").text(), Printed("≥ 1.21", note="estimate 1.90").text()
        ('0.812 [0.790, 0.834]', '≥ 1.21 (estimate 1.90)')
        """
        if not self.value:
            return self.note
        if self.low or self.high:
            low, high = (end.removesuffix(PER_CENT) or "-" for end in (self.low, self.high))
            return f"{self.value}{between}[{low}, {high}]"
        return f"{self.value}{between}({self.note})" if self.note else self.value


def quantity(measured: Measured, digits: int = 3) -> Printed:
    """A measured value, such as an AUC, printed as a plain number."""
    return _printed(measured, lambda value: number(value, digits))


def rate(measured: Measured | None, absent: str = "not measured") -> Printed:
    """A measured share in per cent, its interval with as many digits; `absent` is the note in place of None."""
    if measured is None:
        return Printed(note=absent)
    digits = _digits(measured.value or 0.0)
    return _printed(measured, lambda value: _per_cent(value, digits))


def bound(measured: Measured) -> Printed:
    """A lower bound on epsilon, with the estimate, which proves nothing, as a note."""
    if measured.value is None or measured.low is None:
        return Printed(note=measured.note or "not resolved", detail=_detail(measured, "bound"))
    return Printed(
        value=f"≥ {epsilon(measured.low)}",
        note=measured.note or f"estimate {epsilon(measured.value)}",
        detail=_detail(measured, "confidence for this attack alone"),
    )


def _printed(measured: Measured, form: Callable[[float], str]) -> Printed:
    detail = _detail(measured, "interval")
    if measured.value is None:
        return Printed(note=measured.note or "not resolved", detail=detail)
    low, high = ("" if end is None else form(end) for end in (measured.low, measured.high))
    return Printed(form(measured.value), low, high, measured.note, detail)


def _detail(measured: Measured, what: str) -> str:
    return f"{confidence(measured.confidence)} {what}, n = {count(measured.n)}"


def number(value: float | None, digits: int = 3) -> str:
    """A number with a fixed count of digits after the point: AUC, balanced accuracy, a difference of these.

    >>> number(0.81249), number(None)
    ('0.812', '–')
    """
    return NOTHING if value is None else f"{value:.{digits}f}"


def epsilon(value: float | None) -> str:
    """A privacy loss with two digits after the point; None, which JSON has in place of infinity, is infinite.

    >>> epsilon(1.214), epsilon(None)
    ('1.21', '∞')
    """
    return "∞" if value is None or math.isinf(value) else f"{value:.2f}"


def share(value: float | None, digits: int | None = None) -> str:
    """A share in per cent: one digit after the point, two below 10 %, three below 0.1 %, unless `digits` says how many.

    >>> share(0.2594), share(0.0123), share(0.00012), share(0.5849, 0)
    ('25.9 %', '1.23 %', '0.012 %', '58 %')
    """
    return NOTHING if value is None else _per_cent(value, _digits(value) if digits is None else digits)


def limit(value: float | str) -> str:
    """A share that was set and not measured, without needless digits.

    >>> limit("0.001")
    '0.1 %'
    """
    return f"{100 * float(value):.10g}{PER_CENT}"


def _per_cent(value: float, digits: int) -> str:
    return f"{100 * value:.{digits}f}{PER_CENT}"


def _digits(size: float) -> int:
    return 1 if size >= 0.1 else 2 if size >= 0.001 or size == 0 else 3


def confidence(value: float) -> str:
    """A confidence, with the digits that tell it from certainty.

    >>> confidence(0.95), confidence(1 - 0.05 / 150)
    ('95 %', '99.967 %')
    """
    rest = float(f"{100 * (1 - value):.2g}")
    return f"{100 - rest:.10g}{PER_CENT}"


def p_value(value: float) -> str:
    """A p-value with two digits; very small ones only by what they are below.

    >>> p_value(0.0123), p_value(1e-30)
    ('p = 0.012', 'p < 0.001')
    """
    return "p < 0.001" if value < 0.001 else f"p = {value:.2g}"


def count(value: float) -> str:
    """A number of things, thousands apart; a mean over several counts keeps one digit.

    >>> count(12345), count(1406.25)
    ('12,345', '1,406.2')
    """
    return f"{value:,.0f}" if value == int(value) else f"{value:,.1f}"


def decimals(value: float) -> str:
    """A number of unknown size with three or four significant digits.

    >>> decimals(0.59213), decimals(0.0012), decimals(1406.2), decimals(float("inf"))
    ('0.592', '0.0012', '1,406.2', '∞')
    """
    if math.isinf(value):
        return "∞"
    return f"{value:.4f}" if abs(value) < 0.02 else f"{value:.3f}" if abs(value) < 10 else f"{value:,.1f}"


def spread(mean: str, deviation: str) -> str:
    """A mean over runs with the standard deviation between them, both already in print.

    >>> spread("0.592", "0.011")
    '0.592 ± 0.011'
    """
    return f"{mean} ± {deviation}"


def score(value: float) -> str:
    """A membership score with four significant digits and a true minus sign; powers of ten where it would be long.

    >>> score(-1234.5678), score(1.1), score(0.0), score(-1e7), score(float("inf"))
    ('−1235', '1.100', '0', '−1e7', '∞')
    """
    if not math.isfinite(value):
        return {math.inf: "∞", -math.inf: "−∞"}.get(value, NOTHING)
    digits, _, power = f"{value:#.4g}".removesuffix(".").partition("e")
    if not power:
        return minus(digits if value else "0")
    return minus(f"{float(digits):g}e{int(power)}")


def label(value: float, digits: int = 3) -> str:
    """A number in a chart: few significant digits, no needless zeros, powers of ten where zeros would make it long.

    >>> label(-100.0), label(1e7), label(-0.00012345), label(0.25)
    ('−100', '1e7', '−1.23e−4', '0.25')
    """
    rounded = float(f"{value:.{digits}g}")
    if rounded == 0 or 1e-3 <= abs(rounded) < 1e5:
        return minus(f"{rounded:g}")
    power_of_ten, power = f"{rounded:.{digits - 1}e}".split("e")
    return minus(f"{float(power_of_ten):g}e{int(power)}")


def minus(text: str) -> str:
    """The text of a number with a true minus sign in place of the hyphen.

    >>> minus("-3")
    '−3'
    """
    return text.replace("-", "−")


def duration(seconds: float) -> str:
    """A span of time, as exactly as people say it.

    >>> duration(0.1234), duration(83), duration(425), duration(754), duration(5640)
    ('0.12 s', '1 min 23 s', '7.1 min', '13 min', '1.6 h')
    """
    if round(seconds) < 60:
        return f"{seconds:.2g} s" if seconds < 9.95 else f"{seconds:.0f} s"
    if seconds < 90:
        return f"1 min {round(seconds) - 60} s"
    if seconds < 90 * 60:
        return f"{seconds / 60:.0f} min" if seconds > 597 else f"{seconds / 60:.1f} min"
    return f"{seconds / 3600:.1f} h"
