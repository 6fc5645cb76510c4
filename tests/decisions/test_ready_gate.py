import numpy as np
import pyarrow as pa

from gate_worlds import gaussian_audit
from miaudit.decisions.gate import gate, gate_as_known
from miaudit.decisions.policy import Policy
from miaudit.decisions.ready_gate import ready_gate
from miaudit.decisions.saved import SavedAudit

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
