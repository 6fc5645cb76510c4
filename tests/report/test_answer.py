from dataclasses import replace

import pytest

from miaudit.auditing.result import AuditResult, Bound, Grade
from miaudit.auditing.scored_records import ScoredRecords
from miaudit.metrics.quantity import Quantity
from miaudit.report.answer import CUT, Answer, Scale, answer
from miaudit.report.html import render
from report_example import Example

EXAMPLE = Example(members=400, nonmembers=400, corrected=True)


def first_screen(result: AuditResult) -> Answer:
    """The first screen of a result with the scores of the example."""
    return answer(result, ScoredRecords.from_table(EXAMPLE.table(), tuple(result.attacks)))


def test_the_scale_marks_every_step_that_the_grade_reaches() -> None:
    graded = first_screen(EXAMPLE.result()).graded
    assert [step.name for step in graded.steps] == ["None found", "Slight", "Moderate", "Strong", "Severe"]
    reached = [step.reached for step in graded.steps]
    first, last = reached.index(True), 4 - reached[::-1].index(True)
    assert all(reached[first : last + 1])
    assert graded.lowest.startswith("from-")
    assert graded.rests_on.startswith("At least ")


def graded_by(lower: Bound, upper: Bound) -> AuditResult:
    return EXAMPLE.result().model_copy(update={"grade": Grade(lower=lower, upper=upper)})


def test_the_limits_of_the_scale_are_those_of_the_measure_behind_both_ends() -> None:
    rate, high = (Bound(step="slight", attack="lira", measure="tpr", value=value) for value in (0.016, 0.11))
    pairs = Bound(step="slight", attack="lira", measure="auc", value=0.6)
    graded = first_screen(graded_by(rate, high)).graded
    assert graded.limits == ("1", "3", "10", "30 of 100")
    assert graded.rests_on == (
        "At least slight: 1.6 of 100 training records found (lira); for the attacks tried, at most slight: 11 of 100 "
        "training records found (lira)."
    )
    assert first_screen(graded_by(pairs, pairs)).graded.limits == ("50", "62", "77", "90 of 100")
    assert first_screen(graded_by(rate, pairs)).graded.limits == ()


def test_a_rate_in_the_sentence_says_how_its_cut_was_found() -> None:
    rate = Bound(step="slight", attack="lira", measure="tpr", value=0.016)
    pairs = rate.model_copy(update={"measure": "auc"})
    assert first_screen(graded_by(rate, rate)).cut == CUT
    assert first_screen(graded_by(pairs, pairs)).cut == ""


@pytest.mark.parametrize(
    ("nonmembers", "candidates"), [(400, "half of the candidates"), (1200, "25 of 100 candidates")]
)
def test_the_precision_goes_with_the_share_of_members(nonmembers: int, candidates: str) -> None:
    example = replace(EXAMPLE, nonmembers=nonmembers, level="leaks")
    result = example.result()
    shown = answer(result, ScoredRecords.from_table(example.table(), tuple(result.attacks)))
    assert shown.named is not None
    assert shown.named_precision.startswith("of 100 such claims, ")
    assert shown.named_precision.endswith(f" are right where {candidates} are members, as here")


def test_without_a_grade_no_step_is_marked_and_the_reason_stands_in_its_place() -> None:
    graded = first_screen(replace(EXAMPLE, level="too_few_records").result()).graded
    assert not any(step.reached for step in graded.steps)
    assert (graded.name, graded.rests_on) == ("No grade", "There are too few records to tell.")


def test_the_ladder_is_by_rates_or_where_there_are_none_by_pairs() -> None:
    ladder = first_screen(EXAMPLE.result()).ladder
    assert ladder is not None
    assert ladder.measure.startswith("training records found of 100")
    assert [row.attack for row in ladder.rows] == ["loss", "kde", "lira", "two_stage"]
    assert all(row.bar is not None and row.found for row in ladder.rows)
    assert ladder.scale.guess == "1"
    assert {row.bar.guess for row in ladder.rows if row.bar is not None} == {ladder.scale.at}
    few = first_screen(Example(members=50, nonmembers=50, corrected=True).result()).ladder
    assert few is not None
    assert few.measure.startswith("pairs told apart of 100")
    assert few.scale == Scale("50", 16.7, "100")


def test_a_rung_without_an_attack_says_why() -> None:
    example = Example(members=400, nonmembers=400, strengths={"loss": 1.0}, corrected=True)
    ladder = first_screen(example.result()).ladder
    assert ladder is not None
    assert [bool(row.why) for row in ladder.rows] == [False, True, True, True]


def test_an_invalid_audit_has_no_ladder_and_one_where_sides_differ_says_so() -> None:
    assert first_screen(replace(EXAMPLE, level="invalid").result()).ladder is None
    apart = Quantity(value=0.7, low=0.6, high=0.8, n=100)
    controls = EXAMPLE.result().controls.model_copy(update={"same_distribution": apart})
    result = replace(EXAMPLE, level="distribution_shift").result().model_copy(update={"controls": controls})
    ladder = first_screen(result).ladder
    assert ladder is not None
    assert ladder.measure.endswith("differ is part of it")


def test_a_number_that_is_withheld_says_so() -> None:
    result = EXAMPLE.result()
    closed = Quantity.unresolved(0, "withheld: rests on fewer than 10 records")
    found = tuple(each.model_copy(update={"tpr": closed}) if each.name == "kde" else each for each in result.findings)
    ladder = first_screen(result.model_copy(update={"findings": found})).ladder
    assert ladder is not None
    assert ladder.rows[1].why == "withheld: rests on fewer than 10 records"


def test_attacks_that_were_not_tried_are_counted() -> None:
    skipped = {f"attack{place}": "needs references" for place in range(5)}
    assert first_screen(EXAMPLE.result().model_copy(update={"skipped": skipped})).not_tried == 5


def test_the_cut_that_names_is_called_by_the_precision_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("miaudit.report.html.ALPHA", 0.42)
    example = replace(EXAMPLE, level="leaks")
    table = example.table()
    cutless = table.drop_columns([name for name in table.column_names if name.endswith(".member")])
    page = render(example.result(), cutless)
    assert "At the 42\u00a0% cut, " in page
    assert "Named are the" in page
    assert "above the 42\u00a0% cut of" in page
