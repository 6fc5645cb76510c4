import json
from dataclasses import fields
from pathlib import Path

import pytest

from miaudit import registry
from miaudit.cli.describe import card
from tiny import Audited, Call

NAMES = registry.names("attacks")


def test_all_attacks_are_listed(call: Call) -> None:
    called = call("attacks")
    assert called.code == 0
    first = {line.partition(" ")[0] for line in called.out.splitlines()}
    assert first >= set(NAMES)


def test_an_attack_in_full(call: Call) -> None:
    called = call("attacks", "lira")
    for word in (
        "Carlini",
        "arXiv:2112.03570",
        "a reference model trained without",
        "auto | online | offline",
        "median",
    ):
        assert word in called.out


def test_brackets_in_formulas_are_shown(call: Call) -> None:
    assert "[s(h, z) - s(g, z)] * NI(x)" in call("attacks", "ldc").out


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
    assert card("kde").needs == "records of the target whose membership is known"


def test_the_page_of_the_attacks_is_up_to_date(call: Call) -> None:
    """Where this fails: `make pages`."""
    page = Path(__file__).parents[2] / "docs" / "attacks.md"
    assert call("attacks", "--markdown").out == page.read_text(encoding="utf-8")


def test_one_attack_as_markdown(call: Call) -> None:
    out = call("attacks", "two_stage", "--markdown").out
    assert "| search | beta | beta \\| exact |" in out
    assert card("two_stage").details.splitlines()[0] in out


def test_a_report_is_made_anew_without_computing(call: Call, audited: Audited) -> None:
    report = audited.folder / "report.html"
    before = report.read_bytes()
    report.unlink()
    called = call("report", audited.folder)
    assert called.code == 0
    assert str(report) in called.out
    assert report.read_bytes() == before


def test_paragraphs_are_one_line_each() -> None:
    first, *others = card("ldc").details.split("\n\n")
    assert first.startswith("Features: the label;")
    assert not any("\n" in paragraph for paragraph in (first, *others))
