import numpy as np
import pytest

from gate_worlds import gaussian_audit
from miaudit.decisions.gate import gate
from miaudit.decisions.policy import Policy
from miaudit.report.decided import Decided, decided_in_words
from miaudit.report.html import render


def decision(limit: float, **require: object) -> Decided:
    policy = Policy.parse({"rules": [{"measure": "auc", "limit": limit}], "require": {"controls": False} | require})
    return decided_in_words(gate(gaussian_audit(np.random.default_rng(0), shift=1.0), policy))


@pytest.mark.parametrize(
    ("limit", "outcome", "words", "state"),
    [
        (0.9, "pass", "met", "passed"),
        (0.6, "fail", "not met", "failed"),
        (0.76, "cannot_tell", "cannot be told", "unknown"),
    ],
)
def test_each_rule_has_its_outcome_and_the_numbers_that_decide(
    limit: float, outcome: str, words: str, state: str
) -> None:
    made = decision(limit)
    (row,) = made.rows
    assert (made.outcome, row.words, row.state) == (outcome, words, state)
    assert row.title == f"AUC, at most {limit:g}"
    assert " to 0." in row.value
    assert row.value.count("(a)") == 1
    assert ("records in all would decide this rule" in row.value) == (outcome == "cannot_tell")


def test_conditions_are_shown_where_they_are_not_met() -> None:
    rows = decision(0.9, members=1000, nonmembers=100).rows
    assert [(row.title, row.words) for row in rows[1:]] == [("At least 1,000 members", "not met")]


def test_the_page_shows_the_decision_or_how_to_get_one() -> None:
    audit = gaussian_audit(np.random.default_rng(0))
    policy = Policy.parse({"rules": [{"measure": "auc", "limit": 0.9}], "require": {"controls": False}}, "mine")
    page = render(audit.result, audit.scores, gate(audit, policy))
    assert "Within all limits" in page
    assert "by the policy mine" in page
    assert "miaudit gate" not in page
    assert "miaudit gate" in render(audit.result, audit.scores)
