import math
from typing import get_args

import pytest
from scipy import stats

from decisions.graded_worlds import PASSED, finding, measured
from miaudit.auditing.grading import LIMITS, graded, step_of
from miaudit.auditing.result import Beyond, BlindBaseline, Controls, Level, Step
from miaudit.metrics.quantity import Quantity

DIFFERENT = BlindBaseline(
    saw="records",
    auc=Quantity(value=0.6, low=0.55, high=0.65, n=100),
    tpr=Quantity(value=0.02, low=0.01, high=0.04, n=100),
    wins=True,
    columns=3,
    differ=(),
)


def steps(level: Level, *found: object, controls: Controls = PASSED) -> tuple[Step, Step] | None:
    grade = graded(level, found, controls)  # type: ignore[arg-type]
    return None if grade is None else (grade.lower.step, grade.upper.step)


def test_the_limits_of_the_auc_go_with_those_of_the_rate() -> None:
    """Two normal distributions of one width, the members' shifted so that the rate is at the limit."""
    for rate, area in zip(LIMITS["tpr"], LIMITS["auc"], strict=True):
        shift = stats.norm.isf(0.01) - stats.norm.isf(rate)
        assert stats.norm.cdf(shift / math.sqrt(2)) == pytest.approx(area, abs=0.005)


@pytest.mark.parametrize(
    ("rate", "area", "step"),
    [
        (0.0, 0.4, "none_found"),
        (0.01, 0.5, "none_found"),
        (0.0101, 0.501, "slight"),
        (0.03, 0.62, "moderate"),
        (0.0999, 0.7699, "moderate"),
        (0.1, 0.77, "strong"),
        (0.3, 0.9, "severe"),
        (1.0, 1.0, "severe"),
    ],
)
def test_steps_of_the_scale(rate: float, area: float, step: Step) -> None:
    assert (step_of("tpr", rate), step_of("auc", area)) == (step, step)


def test_an_interval_within_one_step_settles_the_grade() -> None:
    grade = graded("leaks", [finding("lira", (0.06, 0.04, 0.09)), finding("loss")], PASSED)
    assert grade is not None
    assert grade.is_settled
    assert (grade.lower.step, grade.lower.attack, grade.lower.measure) == ("moderate", "lira", "tpr")
    assert (grade.lower.value, grade.upper.value) == (0.04, 0.09)


def test_a_wide_interval_lies_between_steps() -> None:
    assert steps("leaks", finding("ldc", (0.065, 0.0156, 0.11))) == ("slight", "strong")


def test_the_highest_lower_end_and_the_highest_upper_end_may_be_of_two_attacks_and_measures() -> None:
    found = finding("a", (0.05, 0.035, 0.06)), finding("b", (0.02, 0.0, 0.08), (0.8, 0.7, 0.85))
    grade = graded("leaks", found, PASSED)
    assert grade is not None
    assert (grade.lower.attack, grade.lower.measure, grade.lower.step) == ("a", "tpr", "moderate")  # b's AUC as well
    assert (grade.upper.attack, grade.upper.measure, grade.upper.step) == ("b", "auc", "strong")


def test_a_leak_that_only_epsilon_shows_is_at_least_slight() -> None:
    assert steps("leaks", finding("loss")) == ("slight", "slight")


def test_where_no_leak_is_proven_the_lower_end_is_none_found() -> None:
    assert steps("no_leak_found", finding("loss", (0.012, 0.002, 0.035))) == ("none_found", "moderate")
    assert steps("weak_signs", finding("loss", (0.02, 0.011, 0.029))) == ("none_found", "slight")


@pytest.mark.parametrize("level", sorted(set(get_args(Level)) - {"leaks", "weak_signs", "no_leak_found"}))
def test_other_verdicts_have_no_grade(level: Level) -> None:
    assert steps(level, finding("lira", (0.9, 0.8, 0.95))) is None


def test_without_findings_there_is_no_grade() -> None:
    assert steps("leaks") is None


def test_too_few_outsiders_for_a_rate_leave_the_auc() -> None:
    assert steps("leaks", finding("lira", None, (0.8, 0.7, 0.95))) == ("moderate", "severe")


def test_where_sides_differ_only_the_lead_counts() -> None:
    beyond = {"lira": Beyond(auc=measured((0.15, 0.13, 0.2)), goes_beyond=True)}
    controls = PASSED.model_copy(update={"blind": DIFFERENT, "beyond": beyond})
    grade = graded("leaks", [finding("lira", (0.9, 0.8, 0.95), (0.95, 0.9, 0.99))], controls)
    assert grade is not None
    assert (grade.lower.measure, grade.upper.value) == ("auc", 0.7)
    assert grade.lower.value == pytest.approx(0.63)
    assert (grade.lower.step, grade.upper.step) == ("moderate", "moderate")


def test_more_leakage_never_lowers_a_grade() -> None:
    order = get_args(Step)
    last = (0, 0)
    for shift in range(60):
        found = steps("leaks", finding("a", (0.02 + shift / 100, 0.015 + shift / 100, 0.04 + shift / 100)))
        assert found is not None
        now = (order.index(found[0]), order.index(found[1]))
        assert now >= last
        assert now[0] >= last[0]
        assert now[0] <= now[1]
        last = now
