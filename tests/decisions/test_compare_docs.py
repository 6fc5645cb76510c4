"""The example of docs/compare.md, run as it stands in a fresh folder."""

import re
from pathlib import Path

import pytest

from shell import run_script

DOCS = (Path(__file__).parents[2] / "docs" / "compare.md").read_text(encoding="utf-8")


def snippet(language: str) -> str:
    found = re.search(rf"^```{language}\n(.*?)^```", DOCS, flags=re.MULTILINE | re.DOTALL)
    assert found is not None
    return found[1]


@pytest.mark.slow
def test_before_and_after_of_a_defence_take_two_commands(tmp_path: Path) -> None:
    (tmp_path / "defences.yaml").write_text(snippet("yaml"))
    commands = snippet("bash")
    assert len(commands.splitlines()) == 2
    done = run_script(commands, tmp_path)
    assert done.returncode == 0, done.stderr
    assert "1,078 records were matched by their ids." in done.stdout
    assert "Test accuracy falls: 95.2 %" in done.stdout
    written = {path.name for path in (tmp_path / "comparison").iterdir()}
    assert written >= {"comparison.html", "comparison.json", "records.csv"}
