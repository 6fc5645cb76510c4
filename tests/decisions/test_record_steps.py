from typing import Any

import pytest

from decisions.graded_worlds import facts, finding, measured, result_of, trained
from miaudit.auditing.result import AuditResult, WeakSign
from miaudit.decisions.conditions import conditions
from miaudit.decisions.next_steps import next_steps
from miaudit.decisions.outcomes import Check, GateResult, Outcome, RuleOutcome
from miaudit.decisions.placing import narrowest, outsiders_to_grade, records_to_grade, records_to_rule_out
from miaudit.decisions.plain import of_hundred
from miaudit.decisions.policy import Policy
from miaudit.maths.normal import deviations


def test_a_grade_that_is_open_asks_for_more_records() -> None:
    found = finding("ldc", (0.065, 0.0156, 0.11))
    needed = records_to_grade([found], 200)
    assert needed is not None
    step = next_steps(trained(result_of(found)))[1]
    assert step.title == f"Audit about {needed:,} records in all"
    assert "anywhere from slight to strong" in step.why


OPEN = finding("ldc", (0.065, 0.0156, 0.11))


def with_all_members(result: AuditResult) -> AuditResult:
    """The result of a model whose training records are all audited, 100 of them."""
    return result.model_copy(update={"references": facts(100)})


def test_an_open_grade_says_how_many_outsiders_alone_would_do() -> None:
    """The interval of 0.065 of 2,000 members is wider than they explain, so most of it is the outsiders' doing."""
    target = result_of(OPEN).target.model_copy(update={"members": 2000, "nonmembers": 400})
    result = trained(result_of(OPEN, target=target))
    alone = outsiders_to_grade([OPEN], 2000, 400)
    assert alone is not None
    assert alone > 400
    said = (
        f"With the same 2,000 training records, about {alone:,} outsiders in all (400 here) would place it in one step."
    )
    assert said in next_steps(result)[1].why
    audited = result.model_copy(update={"references": facts(2000)})
    step = next_steps(audited)[1]
    assert step.title == f"Audit about {alone:,} outsiders"
    assert said in step.why
    assert "All 2,000 training records of this model are audited already." in step.why


def test_where_no_number_of_outsiders_is_enough_that_is_said() -> None:
    """The audit has 100 members, and the model was trained on 101 or 100 records."""
    result = trained(result_of(OPEN))
    left = next_steps(result.model_copy(update={"references": facts(101)}))[1]
    assert left.title.startswith("Audit about ")
    step = next_steps(with_all_members(result))[1]
    assert step.title == "Audit a model with more training records"
    low, high = narrowest(OPEN.tpr, 100)
    for why in (left.why, step.why):
        assert (
            "More outsiders alone would not place it in one step: even unlimited ones narrow 1.6 to 11 of 100 to about "
            f"{of_hundred(low)} to {of_hundred(high)} at best, still slight to"
        ) in why


@pytest.mark.parametrize(
    ("members", "nonmembers", "short"),
    [
        (4000, 100, "Outsiders are what is short: with the same 4,000 training records, about"),
        (100, 4000, "Training records are what is short: without more of them"),
        (100, 100, "Both kinds are short: without more training records"),
    ],
)
def test_too_few_records_say_which_kind_is_short(members: int, nonmembers: int, short: str) -> None:
    """As many more of both kinds take 2,000 of each; the interval is that of 1 / members + 1 / non-members."""
    error = (1 / 12 / members + 1 / 12 / nonmembers) ** 0.5
    width = error * deviations(0.99)
    found = finding("loss", None, (0.5, 0.5 - width, 0.5 + width))
    target = result_of(found).target.model_copy(update={"members": members, "nonmembers": nonmembers})
    result = trained(result_of(found, level="too_few_records", target=target))
    step = next_steps(result)[0]
    assert short in step.why
    assert "audit a comparable model" not in step.why
    everyone = result.model_copy(update={"references": facts(members)})
    assert "audit a comparable model that was trained on more" in next_steps(everyone)[0].why


def asking(result: AuditResult, outcome: Outcome, members: int = 0, nonmembers: int = 0, needed: int = 0) -> GateResult:
    """A decision on the result by a policy that asks for so many records, and whose rule so many would settle."""
    rule: dict[str, Any] = {"measure": "auc", "limit": 0.6}
    require = {"controls": False, "members": members, "nonmembers": nonmembers}
    policy = Policy.parse({"rules": [rule], "require": require}, "ours")
    target = result.target
    check = Check(
        attack="a",
        members=target.members,
        nonmembers=target.nonmembers,
        value=0.55,
        low=0.5,
        low_confidence=0.975,
        high=0.65,
        high_confidence=0.975,
        outcome=outcome,
        records_needed=needed or None,
    )
    rules = (RuleOutcome(title="AUC", limit=0.6, outcome=outcome, checks=(check,)),)
    met = tuple(conditions(result, policy.require))
    return GateResult(outcome=outcome, reason="", policy=policy, audit="", verdict="", rules=rules, conditions=met)


def test_records_that_a_policy_asks_for_come_before_a_defence() -> None:
    result = trained(result_of(finding("lira", (0.06, 0.04, 0.09))))
    assert next_steps(result)[0].title.startswith("Try a defence")
    first, second = next_steps(result, asking(result, "cannot_tell", members=1000, nonmembers=130))
    assert first.title == "Audit 900 more training records and 30 more outsiders"
    assert first.why == "The policy `ours` asks for that many, whatever attacks find."
    assert second.title.startswith("Try a defence")
    met = asking(result, "cannot_tell", members=100)
    assert next_steps(result, met) == next_steps(result)


def test_a_model_that_fails_needs_a_defence_before_more_records() -> None:
    result = trained(result_of(finding("lira", (0.06, 0.04, 0.09))))
    first, second = next_steps(result, asking(result, "fail", members=1000, nonmembers=130))
    assert first.title.startswith("Try a defence")
    assert second.title == "Audit 900 more training records and 30 more outsiders"


def test_records_that_would_settle_a_decision_come_before_a_defence() -> None:
    result = trained(result_of(finding("lira", (0.06, 0.04, 0.09))))
    first = next_steps(result, asking(result, "cannot_tell", needed=600))[0]
    assert first.title == "Audit about 200 more training records and about 200 more outsiders"
    assert first.why == "That would settle the decision by the policy `ours`, if what was measured is true."


def test_a_model_without_more_training_records_is_not_asked_for_them() -> None:
    result = with_all_members(trained(result_of(OPEN)))
    first = next_steps(result, asking(result, "cannot_tell", members=1000))[0]
    assert first.title == "Audit a model with at least 1,000 training records"
    assert "All 100 training records of this model are audited already." in first.why
    assert "anywhere from slight to strong" in first.why  # what else more records would settle
    assert first.why.count("All 100 training records") == 1
    assert len([step for step in next_steps(result) if step.title.startswith("Audit")]) == 1


def test_too_few_records_say_how_many() -> None:
    found = finding("loss", None, (0.55, 0.3, 0.8))
    step = next_steps(trained(result_of(found, level="too_few_records")))[0]
    assert step.title == f"Audit about {records_to_rule_out([found], 200):,} records in all"


def test_an_audit_large_enough_that_still_cannot_tell_asks_for_twice_as_many() -> None:
    """The AUC is known to 0.03, but lies a little above one half, so that its interval reaches 0.56."""
    found = finding("loss", None, (0.53, 0.5, 0.56))
    assert records_to_rule_out([found], 200) <= 200
    step = next_steps(trained(result_of(found, level="too_few_records")))[0]
    assert step.title == "Audit about 400 records in all"
    assert "Four audits of five with 200 records rule out a leak if there is none; this one does not." in step.why


def test_an_estimate_has_two_digits() -> None:
    result = trained(result_of(finding("lira", (0.06, 0.04, 0.09))))
    first = next_steps(result, asking(result, "cannot_tell", needed=2346))[0]  # 1,173 members, 100 here
    assert first.title == "Audit about 1,100 more training records and about 1,100 more outsiders"


def test_a_weak_sign_asks_for_the_records_that_would_confirm_it() -> None:
    sign = WeakSign(clear=True, auc=measured((0.55, 0.51, 0.6)), tpr=measured(None), records=4200)
    chance = WeakSign(clear=False, auc=measured((0.55, 0.51, 0.6)), tpr=measured(None), records=100)
    found = (
        finding("a").model_copy(update={"sign": sign}),
        finding("b").model_copy(update={"sign": chance}),
    )
    assert [step.title for step in next_steps(trained(result_of(*found, level="weak_signs")))] == [
        "Audit about 4,200 records in all"
    ]
