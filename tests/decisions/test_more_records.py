from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from gate_worlds import gaussian_audit, template
from miaudit.decisions.gate import gate
from miaudit.decisions.more_records import MoreRecords, more_records
from miaudit.decisions.outcomes import ConditionOutcome, GateResult
from miaudit.decisions.policy import Policy
from miaudit.decisions.saved import SavedAudit

AUDIT = gaussian_audit(np.random.default_rng(0), n=400, shift=1.0)  # 200 members, AUC 0.737 (0.685 to 0.783)


def decided(*limits: float, **require: Any) -> GateResult:
    rules = [{"measure": "auc", "limit": limit} for limit in limits]
    return gate(AUDIT, Policy.parse({"rules": rules, "require": {"controls": False} | require}))


def needing(decision: GateResult, *records: int | None) -> GateResult:
    """The decision with other numbers of records that would settle its rules."""
    rules = [
        rule.model_copy(update={"checks": (rule.checks[0].model_copy(update={"records_needed": number}),)})
        for rule, number in zip(decision.rules, records, strict=True)
    ]
    return decision.model_copy(update={"rules": tuple(rules)})


def lacking(decision: GateResult) -> MoreRecords | None:
    assert decision.outcome == "cannot_tell"
    return more_records(decision, AUDIT.result.target)


def test_a_pass_takes_as_many_records_as_the_rule_that_needs_most() -> None:
    assert lacking(needing(decided(0.75, 0.76), 500, 1000)) == MoreRecords(300, 300)


def test_a_fail_takes_as_few_records_as_one_rule_beyond_its_limit() -> None:
    assert lacking(needing(decided(0.72, 0.73, 0.76), 800, 700, 500)) == MoreRecords(150, 150)


def test_an_estimate_has_two_digits() -> None:
    """1,173 members of 2,346 records: 973 more than there are."""
    assert lacking(needing(decided(0.76), 2346)) == MoreRecords(980, 980)


def test_conditions_on_records_count_as_well() -> None:
    assert lacking(needing(decided(0.76, members=350, nonmembers=10), 500)) == MoreRecords(150, 50)
    assert lacking(decided(0.9, members=201, nonmembers=203)) == MoreRecords(1, 3)


@pytest.mark.parametrize("records", [(None, 500), (None, None)])
def test_without_a_number_for_every_open_rule_nothing_is_promised(records: tuple[int | None, ...]) -> None:
    assert lacking(needing(decided(0.75, 0.76), *records)) is None


def test_a_rate_that_cannot_be_measured_needs_more_of_both_kinds_at_the_mix_of_the_audit() -> None:
    """A false positive rate of 0.1 % takes 1,000 non-members, 20 times as many as here."""
    member = np.arange(2050) < 2000
    audit = SavedAudit("world", template(("a",), 2000, 50), pa.table({"member": member, "a": np.zeros(2050)}))
    rule = {"measure": "tpr_at_fpr", "fpr": 0.001, "limit": 0.01}
    decision = gate(audit, Policy.parse({"rules": [rule], "require": {"controls": False}}))
    assert decision.rules[0].checks[0].records_needed == 41_000
    assert more_records(decision, audit.result.target) == MoreRecords(38_000, 950)


def test_a_number_that_nobody_has_is_not_named() -> None:
    """50 times the 400 records settle a distance from the limit of (1.96 + 0.84) * 0.0235 / sqrt(50) = 0.0093."""
    value = decided(0.76).rules[0].checks[0].value
    assert value is not None
    for distance, is_near in ((0.0097, False), (0.0089, True)):
        decision = decided(value + distance)
        assert (decision.rules[0].checks[0].records_needed is None) == is_near
        assert (lacking(decision) is None) == is_near
        assert ("would settle it" in decision.reason) != is_near


def test_no_number_of_further_records_is_negative() -> None:
    assert lacking(needing(decided(0.76), 100)) == MoreRecords(0, 0)


def test_records_do_not_help_where_something_else_is_amiss() -> None:
    unmet = ConditionOutcome(title="attacks lira", met=False, found="without lira")
    assert lacking(needing(decided(0.76), 500).model_copy(update={"conditions": (unmet,)})) is None
    rule = decided(0.76).rules[0].model_copy(update={"note": "no attack could see a leak"})
    assert lacking(decided(0.76).model_copy(update={"rules": (rule,)})) is None
