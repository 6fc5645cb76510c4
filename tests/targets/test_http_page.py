"""The page on models behind HTTP prints and names what the target has."""

import re
from pathlib import Path

import pytest

from miaudit.targets.http import Http

PAGE = Path(__file__).parents[2] / "docs" / "http.md"
FIRST, TEMPLATE, _ = re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)


def test_targets_are_made(capsys: pytest.CaptureFixture[str]) -> None:
    for example in (FIRST, TEMPLATE):
        names: dict[str, object] = {}
        exec(example, names)
        assert isinstance(names["target"], Http)
    (said,) = re.findall(r"print\(.*\)  # (.*)", FIRST)
    assert capsys.readouterr().out == f"{said}\n"


def test_every_default_is_the_one_on_the_page() -> None:
    page = PAGE.read_text()
    target = Http("https://host/invocations")
    for row in (
        f"| `batch` | {target.batch} |",
        f"| `timeout` | {target.timeout:g} |",
        f"| `attempts` | {target.attempts} |",
        f"| `backoff` | {target.backoff:g} |",
        f"| `longest_wait` | {target.longest_wait:g} |",
    ):
        assert row in page
    assert f"(`repeats`, {target.repeats} by default)" in page
