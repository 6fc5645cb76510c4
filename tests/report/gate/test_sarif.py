"""Tests of the decision as SARIF."""

import json

from miaudit.decisions.outcomes import GateResult
from miaudit.report.gate.sarif import sarif


def test_a_fail_is_an_error_and_what_cannot_be_told_a_warning(decision: GateResult) -> None:
    run = json.loads(sarif(decision))["runs"][0]
    assert [(each["ruleId"], each["level"]) for each in run["results"]] == [
        ("AUC <= 0.6", "error"),
        ("TPR at 0.01 % FPR <= 0.1", "warning"),
        ("at least 1,000 members", "warning"),
    ]
    assert [each["id"] for each in run["tool"]["driver"]["rules"]] == [each["ruleId"] for each in run["results"]]


def test_results_have_what_code_hosts_ask_for(decision: GateResult) -> None:
    content = json.loads(sarif(decision))
    assert content["version"] == "2.1.0"
    for each in content["runs"][0]["results"]:
        assert each["message"]["text"]
        place = each["locations"][0]["physicalLocation"]["artifactLocation"]
        assert place["uri"] == "world/result.json"


def test_a_pass_has_no_results(passing: GateResult) -> None:
    assert json.loads(sarif(passing))["runs"][0]["results"] == []
