from typing import Any

import pytest

from miaudit.auditing.result import Decision
from miaudit.metrics.quantity import Quantity
from miaudit.report import tables
from report_example import Example

SOME = Quantity(value=0.1234, low=0.1, high=0.15, n=500)
NONE = Quantity.unresolved(n=200, note="needs >= 10,000 non-members, have 200")


def test_a_number_comes_with_its_interval_and_count() -> None:
    assert tables.number(SOME) == ("0.123", "0.100 – 0.150", "", "95\u00a0% interval, n = 500")


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.5, "50.0"), (0.1234, "12.3"), (0.0123, "1.23"), (0.00123, "0.12"), (0.000123, "0.012"), (0.0, "0.00")],
)
def test_small_rates_keep_their_digits(value: float, text: str) -> None:
    assert tables.rate(Quantity(value=value, low=0, high=1, n=9)).value == f"{text}\u00a0%"


def test_an_unresolved_quantity_is_its_note_and_no_number() -> None:
    for form in (tables.number, tables.rate, tables.bound):
        cell = form(NONE)
        assert (cell.value, cell.interval, cell.note) == ("", "", NONE.note)


def test_an_epsilon_is_its_lower_bound() -> None:
    cell = tables.bound(Quantity(value=1.9, low=1.214, high=None, n=10))
    assert (cell.value, cell.interval) == ("≥ 1.21", "estimate 1.90")
    assert cell.detail == "95\u00a0% confidence for this attack alone, n = 10"


@pytest.mark.parametrize(
    ("low", "high", "text"), [(1, None, "at least 1.000"), (None, 3, "at most 3.000"), (None, None, "")]
)
def test_an_open_end_is_said(low: float | None, high: float | None, text: str) -> None:
    assert tables.number(Quantity(value=2, low=low, high=high, n=10)).interval == text


def test_a_bar_stays_on_its_scale() -> None:
    bar = tables.bar(Quantity(value=0.2, low=0.1, high=1.0, n=10))
    assert bar is not None
    assert (bar.low, bar.at, bar.high) == (0, 0, 100)
    assert tables.bar(NONE) is None


def test_attacks_stand_by_strength_and_those_without_a_number_last() -> None:
    result = Example(members=100, nonmembers=100, strengths={"weak": 0.1, "strong": 3.0, "mute": 1.0}).result()
    mute = result.attacks["mute"].model_copy(update={"auc": NONE})
    result = result.model_copy(update={"attacks": {**result.attacks, "mute": mute}})
    assert tables.by_strength(result) == ("strong", "weak", "mute")


def test_limits_fall_and_recalls_rise() -> None:
    result = Example(members=100, nonmembers=100).result()
    assert tables.limits(result) == ("0.01", "0.001", "0.0001")
    assert tables.recalls(result) == ("0.2", "0.3", "0.5", "0.7")


def test_confusion_shares_are_within_the_truth() -> None:
    matrix = tables.Matrix("", tp=30, fp=5, tn=95, fn=70)
    assert (matrix.recall, matrix.false_alarms) == (0.3, 0.05)


def test_no_claim_has_no_precision() -> None:
    result = Example(members=30, nonmembers=30, strengths={"loss": 1.0}).result()
    silent = Decision(rule="", cut=9.0, tp=0, fp=0, tn=30, fn=30, recall=SOME, precision=None)
    loss = result.attacks["loss"].model_copy(update={"decision": silent})
    (row,) = tables.cut_rows(result.model_copy(update={"attacks": {"loss": loss}}))
    assert row.precision.note == "no record is called a member"


def test_without_truth_there_is_no_matrix() -> None:
    row = tables.cut_rows(Example(members=30, nonmembers=30, truth=False).result())[0]
    assert row.matrices == ()


def test_attacks_without_a_cut_stand_together_under_their_reason() -> None:
    result = Example(members=30, nonmembers=30, strengths={"loss": 1.0, "gap": 0.5, "kde": 0.7}).result()
    none = Decision(rule="none: there is nothing to choose a cut on", cut=None)
    cutless = {name: result.attacks[name].model_copy(update={"decision": none}) for name in ("loss", "gap")}
    mixed = result.model_copy(update={"attacks": {**result.attacks, **cutless}})
    assert [row.name for row in tables.cut_rows(mixed)] == ["kde"]
    assert tables.cutless(mixed) == {"There is nothing to choose a cut on": ("loss", "gap")}
    assert tables.cutless(result) == {}


@pytest.mark.parametrize(
    ("confidence", "text"),
    [
        (0.95, "95\u00a0%"),
        (0.99, "99\u00a0%"),
        (0.9966667, "99.67\u00a0%"),
        (1 - 1e-6, "99.9999\u00a0%"),
        (1.0, "100\u00a0%"),
    ],
)
def test_no_confidence_short_of_certainty_is_rounded_to_it(confidence: float, text: str) -> None:
    assert tables.confident(confidence) == text
    quantity = Quantity(value=0.5, low=0.4, high=0.6, n=10, confidence=confidence)
    assert tables.number(quantity).detail == f"{text} interval, n = 10"


def test_means_over_trials_become_counts() -> None:
    learned: dict[str, Any] = {"confusion_sample": {"tp": 1.6, "fp": 2.0, "tn": 3.2, "fn": 4.0}}
    (matrix,) = tables.learned_matrices(learned)
    assert matrix[1:] == (2, 2, 3, 4)


@pytest.mark.parametrize(
    ("value", "text"),
    [(True, "yes"), (None, "none"), (0.25, "0.25"), ("out", "out"), ([1, 2], "[\n  1,\n  2\n]"), (float("inf"), "inf")],
)
def test_facts_are_readable(value: Any, text: str) -> None:
    assert tables.fact(value) == text


def test_only_plain_values_are_facts() -> None:
    assert tables.facts({"t0": 0.5, "grid": [1, 2], "met": True}) == {"t0": "0.5", "met": "yes"}


def test_infinite_scores_have_a_sign() -> None:
    assert [tables.short(value) for value in (float("inf"), float("-inf"), float("nan"))] == ["∞", "−∞", "–"]
