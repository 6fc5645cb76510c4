"""Tests of the decision as Markdown."""

from miaudit.decisions.outcomes import GateResult
from miaudit.report.gate.markdown import markdown


def test_headline_rules_and_unmet_conditions(decision: GateResult) -> None:
    lines = markdown(decision).splitlines()
    assert lines[0] == "## ❌ Privacy gate by policy all | kinds: fail"
    rows = [line for line in lines if line.startswith("| ")][1:]
    assert [row.split(" | ")[2] for row in rows] == ["fail", "pass", "cannot tell"]
    assert "- Not met: at least 1,000 members; has 300" in lines


def test_cells_are_escaped(decision: GateResult) -> None:
    renamed = decision.rules[0].model_copy(update={"title": "a|b\nc"})
    text = markdown(decision.model_copy(update={"rules": (renamed,)}))
    assert "| a\\|b c | 0.6 | fail |" in text
    assert "\x1b" not in text


def test_a_pass(passing: GateResult) -> None:
    assert markdown(passing).startswith("## ✅ Privacy gate: pass\n\nPass: the limit holds")
