import re
import tomllib
from pathlib import Path

from miaudit.cli.targets_page import targets_page
from miaudit.targets.search import kinds

ROOT = Path(__file__).parents[2]


def test_every_kind_that_a_user_can_bring_has_a_row() -> None:
    page = targets_page()
    rows = [line for line in page.splitlines() if line.startswith("| ") and "---" not in line]
    brought = [kind for kind in kinds() if kind.made_of or kind.opened_from]
    assert len(rows) == len(brought) + 1
    assert all(f"| {kind.made_of} | {kind.opened_from} |" in page for kind in brought)


def test_the_extras_that_it_names_exist() -> None:
    known = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    named = set(re.findall(r"miaudit\[(\w+)\]", targets_page()))
    assert {"onnx", "keras", "skops", "catboost"} <= named <= set(known)
