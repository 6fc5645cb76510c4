"""The decision of a gate as SARIF 2.1.0 (OASIS), which code hosts show beside the code."""

import json
from pathlib import PurePath
from typing import Any

from miaudit import __version__
from miaudit.auditing.files import RESULT
from miaudit.decisions.outcomes import ConditionOutcome, GateResult, RuleOutcome, rule_line
from miaudit.messages import printable_json

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def sarif(result: GateResult) -> str:
    """The JSON document: an error for each rule that fails, a warning for whatever keeps the gate from telling."""
    place = _place(result.audit)
    found = [_finding(rule, place) for rule in result.rules if rule.outcome != "pass"]
    found += [_unmet(condition, place) for condition in result.conditions if not condition.met]
    ids = list(dict.fromkeys(each["ruleId"] for each in found))
    driver = {"name": "miaudit", "version": __version__, "rules": [{"id": each} for each in ids]}
    content = {"$schema": SCHEMA, "version": "2.1.0", "runs": [{"tool": {"driver": driver}, "results": found}]}
    return printable_json(json.dumps(content, indent=1, ensure_ascii=False)) + "\n"


def _finding(rule: RuleOutcome, place: dict[str, Any]) -> dict[str, Any]:
    level = "error" if rule.outcome == "fail" else "warning"
    return _result(f"{rule.title} <= {rule.limit:g}", level, rule_line(rule), place)


def _unmet(condition: ConditionOutcome, place: dict[str, Any]) -> dict[str, Any]:
    return _result(condition.title, "warning", f"{condition.title}: {condition.found}", place)


def _result(rule: str, level: str, text: str, place: dict[str, Any]) -> dict[str, Any]:
    return {"ruleId": rule, "level": level, "message": {"text": text}, "locations": [place]}


def _place(audit: str) -> dict[str, Any]:
    """The audit's result, as a location."""
    path = PurePath(audit)
    file = path if path.name == RESULT else path / RESULT
    return {"physicalLocation": {"artifactLocation": {"uri": file.as_posix()}}}
