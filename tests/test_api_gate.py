"""Tests of gates from Python."""

from pathlib import Path

import numpy as np
import pytest

import miaudit


@pytest.fixture(scope="module")
def found() -> miaudit.Audit:
    """An audit of predictions that leak nothing."""
    rng = np.random.default_rng(0)
    right = rng.beta(4.0, 1.0, 800)
    outputs, labels = np.stack([1.0 - right, right], axis=1), np.ones(400, dtype=np.int64)
    return miaudit.audit(miaudit.Predictions(outputs[:400], outputs[400:]), labels, labels)


def test_a_policy_by_name_by_file_and_as_an_object(found: miaudit.Audit, tmp_path: Path) -> None:
    path = tmp_path / "ours.yaml"
    path.write_text("rules: [{measure: auc, limit: 0.7}]")
    decision = found.gate(path)
    assert decision.passed
    assert "may be released" in found.to_html(decision=decision)
    assert decision == found.gate(str(path)) == found.gate(miaudit.Policy.of(path))
    assert found.gate("strict").outcome == "cannot_tell"  # too few records


def test_a_baseline_as_an_audit_and_as_a_folder(found: miaudit.Audit, tmp_path: Path) -> None:
    found.save(tmp_path / "before")
    policy = miaudit.Policy.parse({"rules": [{"measure": "auc_change", "limit": 0.1}]})
    assert found.gate(policy, found).passed
    assert found.gate(policy, tmp_path / "before").passed


def test_notebooks_show_audit_and_decision_as_cards(found: miaudit.Audit) -> None:
    assert found.result.verdict.headline in found._repr_html_()
    decision = found.gate("strict")
    card = decision._repr_html_()
    assert "Cannot tell: policy" in card
    assert all(rule.title in card for rule in decision.rules)
