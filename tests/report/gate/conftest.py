"""Decisions of every kind."""

import numpy as np
import pytest

from gate_worlds import gaussian_audit
from miaudit.decisions.gate import gate
from miaudit.decisions.outcomes import GateResult
from miaudit.decisions.policy import Policy


@pytest.fixture
def decision() -> GateResult:
    """A gate with a rule of each outcome, a condition that is met, and one that is not."""
    policy = Policy.parse(
        {
            "title": "all | kinds",
            "rules": [
                {"measure": "auc", "limit": 0.6},
                {"measure": "auc", "limit": 0.99},
                {"measure": "tpr_at_fpr", "fpr": 0.0001, "limit": 0.1},
            ],
            "require": {"members": 1000},
        }
    )
    return gate(gaussian_audit(np.random.default_rng(2), 600, 1.0, attacks=("a<&>\x1b",)), policy)


@pytest.fixture
def passing() -> GateResult:
    """A gate that passes."""
    policy = Policy.parse({"rules": [{"measure": "auc", "limit": 0.99}]})
    return gate(gaussian_audit(np.random.default_rng(2), 600), policy)
