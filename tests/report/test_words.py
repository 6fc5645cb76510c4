from typing import get_args

from miaudit.auditing.result import Level
from miaudit.report.controls import State
from miaudit.report.words import LEVELS, STATES, day


def test_every_level_of_a_verdict_has_a_name() -> None:
    assert set(LEVELS) == set(get_args(Level))


def test_every_outcome_of_a_control_has_words() -> None:
    assert set(STATES) == set(get_args(State))


def test_days_are_written_as_people_write_them() -> None:
    assert day("2025-12-31T23:59:00+00:00") == "31 December 2025"
