"""Tests of the decision as JUnit XML."""

from xml.etree import ElementTree as Xml

from miaudit.decisions.outcomes import GateResult
from miaudit.report.gate.junit import junit


def test_each_rule_and_condition_is_a_case(decision: GateResult) -> None:
    suite = Xml.fromstring(junit(decision))
    assert {key: suite.get(key) for key in ("tests", "failures", "errors")} == {
        "tests": "5",
        "failures": "1",
        "errors": "2",
    }
    cases = suite.findall("testcase")
    assert [case.get("name") for case in cases] == [
        "AUC <= 0.6",
        "AUC <= 0.99",
        "TPR at 0.01 % FPR <= 0.1",
        "the audit's own controls",
        "at least 1,000 members",
    ]
    assert [[child.tag for child in case] for case in cases] == [["failure"], [], ["error"], [], ["error"]]


def test_names_with_signs_of_xml_and_of_the_terminal_are_escaped(decision: GateResult) -> None:
    text = junit(decision)
    failure = Xml.fromstring(text).find("testcase/failure")
    assert failure is not None
    assert "a<&>\\x1b" in (failure.get("message") or "")
    assert "\x1b" not in text


def test_a_pass_has_neither_failures_nor_errors(passing: GateResult) -> None:
    suite = Xml.fromstring(junit(passing))
    assert (suite.get("failures"), suite.get("errors")) == ("0", "0")
