"""The snippets of docs/gate.md, run as they stand in a fresh folder."""

import re
from pathlib import Path

import numpy as np
import pytest

from shell import run_script

DOCS = Path(__file__).parents[2] / "docs" / "gate.md"
SHELL = 'set -euo pipefail\nmiaudit() { python -m miaudit "$@"; }\n'
SNIPPETS = re.findall(r"^```bash\n(.*?)^```", DOCS.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with predictions of a model that leaks nothing."""
    rng = np.random.default_rng(0)
    p, label = rng.beta(4.0, 1.0, 2000), rng.integers(2, size=2000)
    rows = zip(np.where(label, 1 - p, p), np.where(label, p, 1 - p), label, np.arange(2000) % 2, strict=True)
    lines = [f"{a:.6f},{b:.6f},{y},{m}\n" for a, b, y, m in rows]
    (tmp_path / "predictions.csv").write_text("p0,p1,label,member\n" + "".join(lines))
    return tmp_path


def test_a_pipeline_with_a_gate_takes_five_lines(folder: Path) -> None:
    assert len(SNIPPETS[0].splitlines()) == 5
    done = run_script(SNIPPETS[0], folder)
    assert done.returncode == 0, done.stderr
    assert "Pass: the limit holds with 95 % confidence." in done.stdout
    assert (folder / "audit" / "gate.json").is_file()
    first, second = SNIPPETS[1].splitlines()
    assert run_script(first, folder).returncode == 0
    assert run_script(second, folder).returncode in (0, 3)
    assert {"gate.xml", "gate.sarif", "summary.md"} <= {path.name for path in folder.iterdir()}
