from dataclasses import replace

import pytest

from miaudit.auditing.result import Controls, Likeness
from miaudit.metrics.quantity import Quantity
from miaudit.report.answer import answer
from report_example import Example

EXAMPLE = Example(members=400, nonmembers=400, corrected=True)
HALF = Quantity(value=0.5, low=0.45, high=0.55, n=100)


def test_the_scale_marks_every_step_that_the_grade_reaches() -> None:
    graded = answer(EXAMPLE.result()).graded
    assert [step.name for step in graded.steps] == ["None found", "Slight", "Moderate", "Strong", "Severe"]
    reached = [step.reached for step in graded.steps]
    first, last = reached.index(True), 4 - reached[::-1].index(True)
    assert all(reached[first : last + 1])
    assert graded.lowest.startswith("from-")
    assert graded.rests_on.startswith("At least ")


def test_without_a_grade_no_step_is_marked_and_the_reason_stands_in_its_place() -> None:
    graded = answer(replace(EXAMPLE, level="too_few_records").result()).graded
    assert not any(step.reached for step in graded.steps)
    assert (graded.name, graded.rests_on) == ("No grade: there are too few records to tell.", "")


def test_the_ladder_is_by_rates_or_where_there_are_none_by_pairs() -> None:
    ladder = answer(EXAMPLE.result()).ladder
    assert ladder is not None
    assert ladder.measure.startswith("training records found of 100")
    assert [row.attack for row in ladder.rows] == ["loss", "kde", "lira", "two_stage"]
    assert all(row.bar is not None and row.found for row in ladder.rows)
    few = answer(Example(members=50, nonmembers=50, corrected=True).result()).ladder
    assert few is not None
    assert few.measure.startswith("pairs told apart of 100")


def test_a_rung_without_an_attack_says_why() -> None:
    example = Example(members=400, nonmembers=400, strengths={"loss": 1.0}, corrected=True)
    ladder = answer(example.result()).ladder
    assert ladder is not None
    assert [bool(row.why) for row in ladder.rows] == [False, True, True, True]


def ticked(**changes: object) -> dict[str, str]:
    controls = Controls(null={"a": {"auc": HALF}}, positive={}, null_passed=True, positive_passed=True)
    result = EXAMPLE.result().model_copy(update={"controls": controls.model_copy(update=changes)})
    return {tick.title: tick.state for tick in answer(result).ticks}


def test_there_are_three_ticks_and_a_fourth_where_attackers_train() -> None:
    assert list(ticked().values()) == ["passed", "not_run", "not_run"]
    likeness = Likeness(state="unlike", models=4, measured={})
    assert ticked(likeness=likeness)["Attackers’ models resemble this one"] == "failed"


def test_checks_of_one_question_share_a_tick_and_the_worse_counts() -> None:
    apart = Quantity(value=0.7, low=0.6, high=0.8, n=100)
    assert ticked(same_distribution=HALF)["Training records and outsiders are alike"] == "passed"
    assert ticked(same_distribution=apart)["Training records and outsiders are alike"] == "failed"


@pytest.mark.parametrize(("reasons", "shown", "more"), [(1, 1, 0), (2, 2, 0), (5, 2, 3)])
def test_the_first_reasons_of_attacks_that_were_not_tried_are_shown(reasons: int, shown: int, more: int) -> None:
    skipped = {f"attack{place}": f"needs {place}" for place in range(reasons)}
    found = answer(EXAMPLE.result().model_copy(update={"skipped": skipped}))
    assert (len(found.not_tried), found.not_tried_more) == (shown, more)
