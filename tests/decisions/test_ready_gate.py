import numpy as np
import pyarrow as pa
import pytest

from gate_worlds import gaussian_audit
from miaudit.decisions.gate import gate, gate_as_known
from miaudit.decisions.policy import Policy
from miaudit.decisions.ready_gate import not_decidable, ready_gate
from miaudit.decisions.saved import SavedAudit
from miaudit.report.html import render

AUDIT = gaussian_audit(np.random.default_rng(0), shift=1.0)


def test_it_is_the_gate_with_the_strictest_policy() -> None:
    assert ready_gate(AUDIT) == gate(AUDIT, Policy.of("strict"))


def test_without_scores_the_result_alone_decides() -> None:
    bare = AUDIT._replace(scores=None)
    assert ready_gate(bare) == gate_as_known(bare, Policy.of("strict"))


def test_nothing_is_decided_where_the_truth_of_a_record_is_unknown() -> None:
    assert AUDIT.scores is not None
    member = [None, *AUDIT.scores["member"].to_pylist()[1:]]
    column = AUDIT.scores.column_names.index("member")
    assert ready_gate(AUDIT._replace(scores=AUDIT.scores.set_column(column, "member", pa.array(member)))) is None
    target = AUDIT.result.target.model_copy(update={"members": 0, "nonmembers": 0})
    assert ready_gate(SavedAudit("", AUDIT.result.model_copy(update={"target": target}), None)) is None


def test_nothing_is_decided_where_no_attack_ran() -> None:
    assert ready_gate(AUDIT._replace(result=AUDIT.result.model_copy(update={"attacks": {}}))) is None


@pytest.mark.parametrize(
    ("column", "why"),
    [
        ("member", "it is not known of every record whether the model was trained on it"),
        ("a", "the table of scores has no column of a"),
    ],
)
def test_nothing_is_decided_by_a_table_that_lacks_a_column(column: str, why: str) -> None:
    lacking = AUDIT._replace(scores=AUDIT.needs_scores("a test").drop_columns([column]))
    assert (ready_gate(lacking), not_decidable(lacking)) == (None, why)
    assert f"No policy can be applied: {why}." in render(lacking.result, lacking.scores)


@pytest.mark.parametrize(
    ("counts", "why"),
    [
        ({"members": 0}, "the audit has no records that the model was trained on"),
        ({"nonmembers": 0}, "the audit has no records that the model was not trained on"),
    ],
)
def test_an_audit_of_one_kind_of_records_says_which_kind_it_lacks(counts: dict[str, int], why: str) -> None:
    target = AUDIT.result.target.model_copy(update=counts)
    one_sided = AUDIT._replace(result=AUDIT.result.model_copy(update={"target": target}))
    for saved in (one_sided, one_sided._replace(scores=None)):
        assert (ready_gate(saved), not_decidable(saved)) == (None, why)


def test_where_a_policy_can_be_applied_there_is_no_reason() -> None:
    assert not_decidable(AUDIT) == ""
