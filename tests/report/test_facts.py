from typing import Any

import pytest

from miaudit.report import facts


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "yes"),
        (None, "none"),
        (0.25, "0.25"),
        ("out", "out"),
        ([1, 2], "1, 2"),
        ([[1]], "[\n  [\n    1\n  ]\n]"),
        (float("inf"), "inf"),
    ],
)
def test_facts_are_readable(value: Any, text: str) -> None:
    assert facts.fact(value) == text


def test_only_plain_values_are_facts() -> None:
    assert facts.facts({"t0": 0.5, "grid": [1, 2], "met": True}) == {"t0": "0.5", "met": "yes"}
