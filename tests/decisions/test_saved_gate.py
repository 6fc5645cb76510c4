from pathlib import Path

import numpy as np
import pytest

from gate_worlds import gaussian_audit
from miaudit.auditing.files import GATE
from miaudit.decisions.gate import gate
from miaudit.decisions.policy import Policy
from miaudit.decisions.saved_gate import load_decision
from miaudit.errors import UserError


def test_a_decision_comes_back_as_it_was_written(tmp_path: Path) -> None:
    decision = gate(gaussian_audit(np.random.default_rng(0)), Policy.of("strict"))
    (tmp_path / GATE).write_text(decision.to_json())
    assert load_decision(tmp_path) == decision


def test_a_folder_without_one_has_none(tmp_path: Path) -> None:
    assert load_decision(tmp_path) is None


@pytest.mark.parametrize("text", ["{}", "[1]", "no json"])
def test_something_else_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / GATE).write_text(text)
    with pytest.raises(UserError, match=r"gate\.json"):
        load_decision(tmp_path)
