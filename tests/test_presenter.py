import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from miaudit import presenter
from miaudit.metrics.quantity import Quantity

SOME = Quantity(value=0.1234, low=0.1, high=0.15, n=500)
NONE = Quantity.unresolved(n=200, note="needs >= 10,000 non-members, have 200")


def test_a_number_comes_with_its_interval_and_count() -> None:
    cell = presenter.quantity(SOME)
    assert (cell.value, cell.interval, cell.note, cell.detail) == (
        "0.123",
        "0.100 – 0.150",
        "",
        "95 % interval, n = 500",
    )
    assert cell.text() == "0.123 [0.100, 0.150]"


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.5, "50.0"), (0.1234, "12.3"), (0.0123, "1.23"), (0.00123, "0.12"), (0.000123, "0.012"), (0.0, "0.00")],
)
def test_small_rates_keep_their_digits(value: float, text: str) -> None:
    assert presenter.rate(Quantity(value=value, low=0, high=1, n=9)).value == f"{text} %"


def test_an_unresolved_quantity_is_its_note_and_no_number() -> None:
    for form in (presenter.quantity, presenter.rate, presenter.bound):
        cell = form(NONE)
        assert (cell.value, cell.interval, cell.note) == ("", "", NONE.note)
        assert cell.text() == NONE.note


def test_an_epsilon_is_its_lower_bound() -> None:
    cell = presenter.bound(Quantity(value=1.9, low=1.214, high=None, n=10))
    assert (cell.value, cell.interval, cell.note) == ("≥ 1.21", "", "estimate 1.90")
    assert cell.text() == "≥ 1.21 (estimate 1.90)"
    assert cell.detail == "95 % confidence for this attack alone, n = 10"


@pytest.mark.parametrize(
    ("low", "high", "text"), [(1, None, "at least 1.000"), (None, 3, "at most 3.000"), (None, None, "")]
)
def test_an_open_end_is_said(low: float | None, high: float | None, text: str) -> None:
    assert presenter.quantity(Quantity(value=2, low=low, high=high, n=10)).interval == text


@pytest.mark.parametrize(
    ("confidence", "text"),
    [
        (0.95, "95 %"),
        (0.99, "99 %"),
        (0.9966667, "99.67 %"),
        (1 - 1e-6, "99.9999 %"),
        (1.0, "100 %"),
    ],
)
def test_no_confidence_short_of_certainty_is_rounded_to_it(confidence: float, text: str) -> None:
    assert presenter.confidence(confidence) == text
    quantity = Quantity(value=0.5, low=0.4, high=0.6, n=10, confidence=confidence)
    assert presenter.quantity(quantity).detail == f"{text} interval, n = 10"


def test_infinite_scores_have_a_sign() -> None:
    assert [presenter.score(value) for value in (float("inf"), float("-inf"), float("nan"))] == ["∞", "−∞", "–"]


def test_a_rate_in_one_line_has_one_sign_and_its_interval_in_brackets() -> None:
    assert presenter.rate(SOME).text() == "12.3 % [10.0, 15.0]"
    assert presenter.rate(SOME).text("\n") == "12.3 %\n[10.0, 15.0]"
    assert presenter.rate(None).text() == "not measured"


@given(st.floats(1e-4, 1.0))
def test_a_share_keeps_at_least_two_digits(share: float) -> None:
    """Rounding moves a share by at most 5 % of itself, and a rate has as many digits."""
    text = presenter.share(share)
    assert abs(float(text.removesuffix(" %")) / 100 - share) <= 0.051 * share
    assert presenter.rate(Quantity(value=share, low=None, high=None, n=1)).value == text


@given(st.floats(0.01, 1e6))
def test_durations_are_right_to_a_twentieth(seconds: float) -> None:
    units = {"s": 1.0, "min": 60.0, "h": 3600.0}
    words = presenter.duration(seconds).split()
    told = sum(float(number) * units[unit] for number, unit in zip(words[::2], words[1::2], strict=True))
    assert math.isclose(told, seconds, rel_tol=0.051)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.0123, "0.012 s"),
        (59.4, "59 s"),
        (59.9, "1 min 0 s"),
        (425, "7.1 min"),
        (599.9, "10 min"),
        (3700, "62 min"),
        (5400, "1.5 h"),
    ],
)
def test_durations(seconds: float, text: str) -> None:
    assert presenter.duration(seconds) == text


def test_text_has_no_space_that_does_not_break() -> None:
    """Verdicts are also read as JSON and on terminals; the page makes the space firm itself."""
    shown = [presenter.share(0.5), presenter.limit(0.01), presenter.confidence(0.95), presenter.rate(SOME).text()]
    assert all(" %" in text or "% " in text or " % [" in text for text in shown)
    assert not any("\u00a0" in text for text in shown)
