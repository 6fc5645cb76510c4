"""Tests of the conditions of a policy."""

from typing import Any

import pytest

from gate_worlds import template
from miaudit.auditing.result import AuditResult, Likeness, Preliminary, Verdict
from miaudit.decisions.conditions import conditions, failed_control
from miaudit.decisions.policy import Requirements

RESULT = template(("a", "b"), 300, 200)


def changed(**update: Any) -> AuditResult:
    return RESULT.model_copy(update=update)


def at_level(level: Any) -> AuditResult:
    return changed(verdict=Verdict(level=level, headline=f"The level is {level}.", sentences=()))


def unmet(result: AuditResult, **require: Any) -> list[str]:
    found = conditions(result, Requirements(**require))
    return [f"{each.title}: {each.found}" for each in found if not each.met]


def test_counts_are_compared_with_those_of_the_audit() -> None:
    assert unmet(RESULT, members=300, nonmembers=200) == []
    assert unmet(RESULT, members=301, nonmembers=1000, models=8) == [
        "at least 301 members: has 300",
        "at least 1,000 non-members: has 200",
        "at least 8 reference models: has 0",
    ]


def test_attacks_that_did_not_run_are_named_with_the_reason() -> None:
    assert unmet(RESULT, attacks=("a", "shadow", "lira")) == [
        "attacks a, shadow, lira: without shadow (needs at least one shadow model; the evidence has none), "
        "lira (not among the attacks of this audit: name it in `attacks`, or set `attacks: all`)"
    ]


def test_an_early_result_is_no_finished_audit() -> None:
    assert unmet(changed(preliminary=Preliminary(models=4, of=32))) == ["a finished audit: has 4 of 32 models"]


@pytest.mark.parametrize("level", ["invalid", "distribution_shift"])
def test_a_level_that_says_nothing_of_leaks_fails_the_controls(level: str) -> None:
    assert unmet(at_level(level)) == [f"the audit's own controls: failed: The level is {level}"]
    assert unmet(at_level(level), controls=False) == []


@pytest.mark.parametrize("level", ["leaks", "no_leak_found", "weak_signs"])
def test_other_levels_pass(level: str) -> None:
    assert failed_control(at_level(level)) == ""


def test_unlike_references_and_blind_attacks_fail_the_controls_unless_a_leak_is_found() -> None:
    unlike = RESULT.controls.model_copy(update={"likeness": Likeness(state="unlike", models=8, measured={})})
    found = changed(controls=unlike)
    assert failed_control(found) == "the reference models do not resemble the target"
    missed = {name: {"auc": of["auc"].model_copy(update={"low": 0.4})} for name, of in RESULT.controls.positive.items()}
    assert (
        failed_control(changed(controls=RESULT.controls.model_copy(update={"positive": missed})))
        == "no attack found the leak that was built in"
    )
    leaking = at_level("leaks").model_copy(update={"controls": unlike})
    assert failed_control(leaking) == ""


def test_a_condition_on_numbers_says_what_it_counts() -> None:
    found = conditions(RESULT, Requirements(members=1, nonmembers=1, models=1, attacks=("a",)))
    assert [each.counted for each in found] == [None, "members", "nonmembers", "models", None]
