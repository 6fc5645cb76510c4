import re
from typing import Any

import numpy as np
import pytest

from gate_worlds import gaussian_audit
from miaudit.auditing.result import ReferenceFacts
from miaudit.decisions.gate import gate
from miaudit.decisions.policy import Policy
from miaudit.report.decided import Decided, decided_in_words
from miaudit.report.html import render

AUDIT = gaussian_audit(np.random.default_rng(0), shift=1.0)


def decision(limit: float, measure: str = "auc", fpr: dict[str, float] | None = None, **require: Any) -> Decided:
    rule = {"measure": measure, "limit": limit} | (fpr or {})
    policy = Policy.parse({"rules": [rule], "require": {"controls": False} | require})
    return decided_in_words(gate(AUDIT, policy), AUDIT.result)


def without_more_members(limit: float) -> Decided:
    """The decision by a policy that asks for 300 members, on a model whose 200 training records are all audited."""
    references = ReferenceFacts(
        models=8, fewest_records=200, most_records=200, target_records=200, recipe="", given=True
    )
    result = AUDIT.result.model_copy(update={"references": references})
    policy = Policy.parse(
        {"rules": [{"measure": "auc", "limit": limit}], "require": {"controls": False, "members": 300}}
    )
    return decided_in_words(gate(AUDIT, policy), result)


@pytest.mark.parametrize(
    ("limit", "outcome", "words", "state", "end"),
    [
        (0.9, "pass", "met", "passed", ", at most 0."),
        (0.6, "fail", "not met", "failed", ", at least 0."),
        (0.76, "cannot_tell", "cannot be told", "unknown", ", at least 0."),
    ],
)
def test_each_rule_has_its_outcome_and_the_numbers_that_decide(
    limit: float, outcome: str, words: str, state: str, end: str
) -> None:
    made = decision(limit)
    (row,) = made.rows
    assert (made.outcome, row.words, row.state) == (outcome, words, state)
    assert row.title == f"AUC, at most {limit:g}"
    assert end in row.value
    assert row.value.count("(a)") == 1
    assert ("records in all would decide this rule" in row.value) == (outcome == "cannot_tell")


def test_rates_are_in_per_cent_and_explained() -> None:
    made = decision(0.015, "tpr_at_fpr", {"fpr": 0.05})
    (row,) = made.rows
    assert row.title == "TPR at 5 % FPR, at most 1.5 %"
    assert " % (a), at least " in row.value
    assert made.measures == ("TPR: the share of training records found; FPR: the share of outsiders wrongly accused.",)


def test_a_measure_without_a_value_says_why() -> None:
    (row,) = decision(0.02, "tpr_at_fpr", {"fpr": 0.001}).rows
    assert row.value.startswith("needs >= 1,000 non-members, have 200; about 2,000 records in all")


def test_conditions_are_shown_where_they_are_not_met() -> None:
    rows = decision(0.9, members=1000, nonmembers=100).rows
    assert [(row.title, row.words) for row in rows[1:]] == [("At least 1,000 members", "not met")]


def test_an_open_decision_says_how_many_more_records_would_settle_it() -> None:
    made = decision(0.9, members=1000, nonmembers=1200)
    assert (made.words, made.settled_by) == (
        "Cannot be told",
        "about 800 more training records and 1,000 more outsiders would settle it",
    )
    assert decision(0.9, nonmembers=1200).settled_by == "about 1,000 more outsiders would settle it"
    assert decision(0.6, members=1000).settled_by == ""


def test_where_no_training_record_is_left_the_advice_is_another_model() -> None:
    made = without_more_members(0.9)
    assert made.settled_by == (
        "about 100 more training records would settle it, but all training records are audited: audit a model that "
        "has more"
    )
    assert made.rows[1].value == "has 200, all of this model’s training records"
    assert decision(0.9, members=300).rows[1].value == "has 200"


def test_the_page_shows_the_decision_that_was_taken_or_one_by_the_strictest_policy() -> None:
    audit = gaussian_audit(np.random.default_rng(0))
    policy = Policy.parse({"rules": [{"measure": "auc", "limit": 0.9}], "require": {"controls": False}}, "mine")
    page = render(audit.result, audit.scores, gate(audit, policy))
    assert "By the policy <code>mine</code>: may be released." in page
    assert "miaudit gate" not in page
    ready = render(audit.result, audit.scores)
    assert "By the policy <code>strict</code>: cannot be told; about " in ready
    assert "miaudit gate" in ready
    nothing = audit.result.model_copy(update={"attacks": {}, "findings": ()})
    assert "No policy can be applied: no attack was run." in render(nothing, None)


def test_a_rule_left_open_beside_one_that_fails_asks_for_no_records() -> None:
    rules = [{"measure": "auc", "limit": limit} for limit in (0.6, 0.76)]
    policy = Policy.parse({"rules": rules, "require": {"controls": False}})
    failed, still_open = decided_in_words(gate(AUDIT, policy), AUDIT.result).rows
    assert (failed.state, still_open.state) == ("failed", "unknown")
    assert "would decide" not in still_open.value


def test_a_failed_policy_says_where_this_model_can_never_meet_it() -> None:
    made = without_more_members(0.6)
    assert (made.words, made.settled_by) == (
        "Do not release",
        "this model has too few training records ever to meet it, with or without a defence",
    )


@pytest.mark.parametrize(
    ("low", "high", "ends"),
    [
        (0.5, 0.7, ", at least 0.5, at most 0.7"),
        (0.5, None, ", at least 0.5"),
        (None, 0.7, ", at most 0.7"),
        (None, None, ""),
    ],
)
def test_an_open_check_says_of_its_only_end_which_one_it_is(low: float | None, high: float | None, ends: str) -> None:
    policy = Policy.parse({"rules": [{"measure": "auc", "limit": 0.6}], "require": {"controls": False}})
    decided = gate(AUDIT, policy)
    (rule,) = decided.rules
    check = rule.checks[0].model_copy(
        update={"value": 0.6, "low": low, "high": high, "outcome": "cannot_tell", "records_needed": None}
    )
    still_open = rule.model_copy(update={"outcome": "cannot_tell", "checks": (check,)})
    (row,) = decided_in_words(decided.model_copy(update={"rules": (still_open,)}), AUDIT.result).rows
    assert row.value == f"measured 0.6 (a){ends}"


def test_ends_that_are_corrected_for_several_checks_say_so() -> None:
    """Three rules of one attack: a fail needs its lower end at 1 - 2.5 % / 3, a pass its upper one at 97.5 %."""
    rules = [{"measure": "auc", "limit": 0.76}, {"measure": "auc", "limit": 0.6}, {"measure": "auc", "limit": 0.9}]
    decided = gate(AUDIT, Policy.parse({"rules": rules, "require": {"controls": False}}))
    undecided, failed, passed = (row.value for row in decided_in_words(decided, AUDIT.result).rows)
    assert re.search(r"at least 0\.\d+ for all checks, at most 0\.\d+ for this check", undecided)
    assert failed.endswith(" for all checks")
    assert passed.endswith(" for this check")
