import json
from dataclasses import fields

import pytest

from miaudit import registry
from miaudit.cli.describe import card
from tiny import Audited, Call

NAMES = registry.names("attacks")


def test_all_attacks_are_listed(call: Call) -> None:
    called = call("attacks")
    assert called.code == 0
    for name in NAMES:
        assert f" {name} " in called.out


def test_an_attack_in_full(call: Call) -> None:
    called = call("attacks", "lira")
    for word in ("Carlini", "arXiv:2112.03570", "1 out references", "auto | online | offline", "median"):
        assert word in called.out


def test_attacks_for_machines(call: Call) -> None:
    everything = json.loads(call("attacks", "--json").out)
    assert [item["name"] for item in everything] == list(NAMES)
    fields = {"name", "measures", "paper", "equation", "adversary", "needs", "parameters"}
    assert all(item.keys() >= fields for item in everything)
    one = json.loads(call("attacks", "two_stage", "--json").out)
    assert one == next(item for item in everything if item["name"] == "two_stage")


@pytest.mark.parametrize("name", NAMES)
def test_every_parameter_is_described(name: str) -> None:
    described = card(name)
    kind = registry.find("attacks", name)
    assert [parameter.name for parameter in described.parameters] == [field.name for field in fields(kind)]
    for parameter in described.parameters:
        assert parameter.meaning
        assert parameter.allowed != "any"
        assert parameter.default not in ("required", "")
    assert described.measures.endswith(".")


def test_ranges_and_choices_are_told() -> None:
    parameters = {parameter.name: parameter for parameter in card("two_stage").parameters}
    assert parameters["second"].allowed == "calibrated | lira"
    assert parameters["alpha"].default == "0.98"
    assert parameters["guarantee"].default == "None"
    assert card("loss").needs == "the target's outputs only"
    assert card("kde").needs == "known"


def test_a_report_is_made_anew_without_computing(call: Call, audited: Audited) -> None:
    report = audited.folder / "report.html"
    before = report.read_bytes()
    report.unlink()
    called = call("report", audited.folder)
    assert called.code == 0
    assert str(report) in called.out
    assert report.read_bytes() == before
