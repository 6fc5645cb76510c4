"""The decision of a gate as JUnit XML: a test case for each rule and each condition."""

from xml.etree import ElementTree as Xml

from miaudit.decisions.outcomes import ConditionOutcome, GateResult, RuleOutcome, rule_line
from miaudit.messages import printable


def junit(result: GateResult) -> str:
    """The XML document: a failed rule is a `failure`; an undecided rule or an unmet condition is an `error`."""
    unmet = [condition for condition in result.conditions if not condition.met]
    suite = Xml.Element(
        "testsuite",
        name=printable(f"miaudit gate {result.policy.title}".strip()),
        tests=str(len(result.rules) + len(result.conditions)),
        failures=str(sum(rule.outcome == "fail" for rule in result.rules)),
        errors=str(len(unmet) + sum(rule.outcome == "cannot_tell" for rule in result.rules)),
        skipped="0",
    )
    for rule in result.rules:
        _rule(suite, rule)
    for condition in result.conditions:
        _condition(suite, condition)
    Xml.indent(suite, " ")
    return Xml.tostring(suite, encoding="unicode", xml_declaration=True) + "\n"


def _rule(suite: Xml.Element, rule: RuleOutcome) -> None:
    case = Xml.SubElement(
        suite, "testcase", classname="miaudit.rules", name=printable(f"{rule.title} <= {rule.limit:g}")
    )
    if rule.outcome == "pass":
        return
    kind = "failure" if rule.outcome == "fail" else "error"
    found = Xml.SubElement(case, kind, type=rule.outcome, message=printable(rule_line(rule)))
    same = [check for check in rule.checks if check.outcome == rule.outcome]
    found.text = printable("\n".join(f"{check.where}: [{check.low}, {check.high}]" for check in same))


def _condition(suite: Xml.Element, condition: ConditionOutcome) -> None:
    case = Xml.SubElement(suite, "testcase", classname="miaudit.conditions", name=printable(condition.title))
    if not condition.met:
        Xml.SubElement(case, "error", type="cannot_tell", message=printable(condition.found))
