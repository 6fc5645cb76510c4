import numpy as np
import pytest

from decisions.graded_worlds import PASSED, finding
from miaudit.auditing.findings import findings
from miaudit.auditing.grading import graded
from miaudit.decisions.placing import (
    narrowest,
    outsiders_alone,
    outsiders_to_grade,
    records_to_grade,
    records_to_rule_out,
)
from miaudit.metrics.needed import records_to_settle
from miaudit.metrics.quantity import Quantity

WIDE = 2.5758293035489004  # deviations of a 99 % interval


def test_records_to_rule_out_a_leak_are_those_of_the_widest_interval() -> None:
    narrow, wide = finding("a", auc=(0.5, 0.4, 0.6)), finding("b", auc=(0.5, 0.3, 0.7))
    assert records_to_rule_out([narrow, wide], 200) == records_to_settle(0.2 / WIDE, 0.05, 200, 0.99)
    assert records_to_rule_out([narrow], 200) < records_to_rule_out([narrow, wide], 200)


def test_a_grade_that_is_settled_needs_no_more_records() -> None:
    assert records_to_grade([finding("a", (0.06, 0.04, 0.09))], 2000) == 2000


def test_the_harder_end_decides() -> None:
    """0.04 in an interval from 0.02 to 0.11: its lower limit 0.03 is 0.01 away, the upper one 0.06."""
    needed = records_to_grade([finding("a", (0.04, 0.02, 0.11))], 2000)
    assert needed == records_to_settle(0.045 / WIDE, 0.04 - 0.03, 2000, 0.99)


def test_any_one_number_may_prove_the_step_but_all_must_keep_below_the_next() -> None:
    close = finding("a", (0.0301, 0.01, 0.06))  # close to the limit: never shown to be above it
    clear = finding("b", (0.06, 0.029, 0.09))
    needed = records_to_grade([close, clear], 2000)
    assert needed == records_to_settle(0.0305 / WIDE, 0.03, 2000, 0.99)


def test_a_number_on_a_limit_is_never_placed() -> None:
    assert records_to_grade([finding("a", (0.0999999, 0.05, 0.15))], 2000) is None
    assert records_to_grade([], 2000) is None


def test_outsiders_alone_must_make_up_for_the_members() -> None:
    """Half of the variance is theirs: 1.5 times as many of all leave 2/3 of it, of which the members keep 1/2."""
    assert outsiders_alone(1.5, 0.5) == pytest.approx(3)
    assert outsiders_alone(1.0, 0.5) == 1
    assert outsiders_alone(3.0, 1.0) == pytest.approx(3)
    assert outsiders_alone(2.0, 0.5) == np.inf


def test_outsiders_cannot_place_what_the_members_leave_open() -> None:
    """Of 0.065, 100 members alone leave a standard error of 2.5 points; the limits lie 3.5 away."""
    found = [finding("a", (0.065, 0.0156, 0.11))]
    assert outsiders_to_grade(found, 100, 100) is None
    alone = outsiders_to_grade(found, 10_000, 400)
    assert alone is not None
    assert alone > 400
    assert outsiders_to_grade([finding("a", (0.06, 0.04, 0.09))], 1000, 400) == 400


def test_with_the_recommended_outsiders_alone_most_audits_are_settled() -> None:
    """Normal scores with a rate of 5.4 % and an AUC of 0.69 in truth, both moderate; 4,000 members stay as they are."""
    rng, shift, members = np.random.default_rng(4), 0.72, 4000

    def found(outsiders: int):  # type: ignore[no-untyped-def]
        truth = np.arange(members + outsiders) < members
        return findings({"a": rng.normal(size=len(truth)) + shift * truth}, truth)

    needed = [outsiders_to_grade(found(400), members, 400) for _ in range(7)]
    typical = int(np.median([n if n is not None else np.inf for n in needed]))
    grades = [graded("leaks", found(typical), PASSED) for _ in range(20)]
    assert sum(grade is not None and grade.is_settled for grade in grades) >= 12


def test_outsiders_alone_leave_the_chance_in_the_members() -> None:
    """None of 100 members found at 95 %: the upper end solves (1 - p)^100 = 0.025."""
    low, high = narrowest(Quantity(value=0.0, low=0.0, high=0.1, n=100), 100)
    assert low == 0
    assert high == pytest.approx(1 - 0.025 ** (1 / 100))


def test_with_the_recommended_number_four_audits_of_five_are_settled() -> None:
    """Normal scores with a rate of 5.4 % and an AUC of 0.69 in truth, both moderate."""
    rng, shift = np.random.default_rng(3), 0.72

    def found(n: int):  # type: ignore[no-untyped-def]
        truth = np.arange(n) < n // 2
        return findings({"a": rng.normal(size=n) + shift * truth}, truth)

    needed = [records_to_grade(found(1000), 1000) for _ in range(5)]
    typical = int(np.median([n for n in needed if n is not None]))
    audits = [found(typical) for _ in range(20)]
    grades = [graded("leaks", audit, PASSED) for audit in audits]
    assert sum(grade is not None and grade.is_settled for grade in grades) >= 12
