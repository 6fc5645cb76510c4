"""Tests of the pytest fixture, run by another pytest as in docs/gate.md."""

import re
import tomllib
from importlib.metadata import entry_points
from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

ROOT = Path(__file__).parents[1]
PLUGIN = "miaudit.pytest_plugin"
SNIPPET = re.findall(r"^```python\n(.*?)^```", (ROOT / "docs" / "gate.md").read_text(), flags=re.MULTILINE | re.DOTALL)
TRAINING = """
import numpy as np
from sklearn.linear_model import LogisticRegression

rng = np.random.default_rng(0)
x = rng.normal(size=(1200, 3)).astype(np.float32)
y = (x[:, 0] + rng.normal(size=1200) > 0).astype(np.int64)
members, nonmembers = (x[:600], y[:600]), (x[600:], y[600:])
model = LogisticRegression().fit(*members)
"""


def test_the_fixture_is_declared() -> None:
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["entry-points"]["pytest11"]
    assert declared == {"miaudit": PLUGIN}


def test_a_test_ends_as_the_gate_does(pytester: pytest.Pytester) -> None:
    is_installed = any(point.value == PLUGIN for point in entry_points(group="pytest11"))
    small = SNIPPET[0].replace('budget="5m"', 'models=2, shadows=1, jobs=1, attacks=["loss"]')
    pytester.makepyfile(training=TRAINING, test_loose=small, test_tight=small.replace("policy.yaml", "tight.yaml"))
    for name, limit in (("policy.yaml", 0.9), ("tight.yaml", 0.501)):
        (pytester.path / name).write_text(f"rules: [{{measure: auc, limit: {limit}}}]")
    found = pytester.runpytest_inprocess(*([] if is_installed else ["-p", PLUGIN]))
    found.assert_outcomes(passed=1, failed=1)
    found.stdout.fnmatch_lines(["*Cannot tell: AUC <= 0.501: loss*", "E*cannot tell  AUC <= 0.501: loss*"])
    assert (pytester.path / ".pytest_cache" / "d" / "miaudit").is_dir()
