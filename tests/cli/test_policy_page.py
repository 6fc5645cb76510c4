"""Tests of the page on policies."""

from importlib.resources import files

import pytest

from miaudit.cli.policy_page import policies
from miaudit.decisions.policy import READY, RULES, Policy, Requirements
from miaudit.decisions.rules import MEASURES

PAGE = policies()


def test_every_key_has_a_row_with_a_meaning() -> None:
    for kind in (Policy, Requirements, *RULES):
        for key, field in kind.model_fields.items():
            assert f"| `{key}` | " in PAGE
            assert field.description
            assert field.description in PAGE


@pytest.mark.parametrize("measure", MEASURES)
def test_every_measure_has_a_section(measure: str) -> None:
    assert f"\n### {measure}\n" in PAGE


@pytest.mark.parametrize("name", READY)
def test_ready_made_policies_stand_there_in_full(name: str) -> None:
    text = files("miaudit.decisions").joinpath(f"policies/{name}.yaml").read_text(encoding="utf-8")
    assert f"\n### {name}\n\n```yaml\n{text}```\n" in PAGE
