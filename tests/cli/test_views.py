"""Audits with views from the command line: what the plan says, what runs, and that nothing is asked twice."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from miaudit.evidence.io.file import read_evidence
from model_server import model_server, probabilities, records
from tiny import Call, blobs

DATA = blobs(120, features=4, classes=3)
LABEL = np.where(np.arange(120) % 2, DATA.y, np.random.default_rng(1).integers(3, size=120))  # half of them by chance
FILES = ("--members", "in.csv", "--nonmembers", "out.csv")
TREE = "from sklearn.tree import DecisionTreeClassifier as Kind\n"
LABELS = "from sklearn.linear_model import RidgeClassifier\nfrom sklearn.ensemble import VotingClassifier\n"
LABELS += "def Kind(**seed):\n    return VotingClassifier([('ridge', RidgeClassifier())])\n"
MAKE = """
import numpy as np
def make():
    table = np.loadtxt("in.csv", delimiter=",", skiprows=1)
    return Kind(random_state=0).fit(table[:, :-1], table[:, -1].astype(int))
"""


def write(name: str, x: Any, y: Any) -> None:
    header = ",".join([*(f"f{j}" for j in range(x.shape[1])), "label"])
    np.savetxt(
        name, np.column_stack([x, y]), fmt=["%.17g"] * x.shape[1] + ["%d"], delimiter=",", header=header, comments=""
    )


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with 60 members, 60 non-members, a tree that learnt the members, and a model that gives labels alone."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MIAUDIT_STORE", str(tmp_path / "store"))
    write("in.csv", DATA.x[:60], LABEL[:60])
    write("out.csv", DATA.x[60:], LABEL[60:])
    Path("tree.py").write_text(TREE + MAKE)
    Path("labels.py").write_text(LABELS + MAKE)
    return tmp_path


def result_in(out: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(Path(out, "result.json").read_text())
    return found


def test_views_are_planned_asked_kept_and_attacked(call: Call) -> None:
    words = ("audit", "tree.py:make", *FILES, "--views", "4", "--models", "4", "--jobs", "1")
    planned = call(*words, "--plan-only")
    assert planned.code == 0, planned.err
    answers = 4 * 5 * 120  # views, models with the target, records
    assert "every model is also asked about 4 further views of each record" in planned.out
    assert f"{answers:,} more answers" in planned.out

    called = call(*words, "--out", "first")
    assert called.code == 0, called.err
    first = result_in("first")
    assert first["cost"]["models_trained"] == 4
    assert "label_only" in first["attacks"]
    assert first["attacks"]["label_only"]["auc"]["value"] > 0.7  # the tree has memorised its members
    evidence = read_evidence(Path("first", "evidence.safetensors")).evidence
    assert {len(panel.views) for panel in (evidence.audit, *evidence.shadows)} == {4}

    again = call(*words, "--out", "second")
    assert again.code == 0, again.err
    second = result_in("second")
    assert (second["cost"]["models_trained"], second["cost"]["models_cached"]) == (0, 4)
    assert second["attacks"] == first["attacks"]


def test_auto_asks_for_views_of_a_model_that_gives_labels_alone(call: Call) -> None:
    words = ("audit", "labels.py:make", *FILES, "--models", "4", "--jobs", "1")
    planned = call(*words, "--plan-only")
    assert planned.code == 0, planned.err
    assert "every model is also asked about 8 further views of each record" in planned.out
    assert "label_only (an attacker who sees labels alone" in planned.out
    assert call(*words, "--out", "seen").code == 0
    assert set(result_in("seen")["attacks"]) == {"gap", "label_only"}

    assert call(*words, "--views", "0", "--out", "unseen").code == 0
    assert set(result_in("unseen")["attacks"]) == {"gap"}
    assert result_in("unseen")["skipped"]["label_only"] == "needs further views of each record (`views`)"


def test_an_endpoint_is_asked_about_each_view_once(call: Call) -> None:
    x = records(60)
    y = probabilities(x).argmax(axis=1)
    write("in.csv", x[:30], y[:30])
    write("out.csv", x[30:], y[30:])
    with model_server() as server:
        words = ("audit", server.url("/v2/models/m"), *FILES, "--views", "4", "--attacks", "label_only", "--jobs", "1")
        planned = call(*words, "--plan-only")
        assert planned.code == 0, planned.err
        assert "of 300 records will be sent" in planned.out  # 60, and 4 views of each
        assert call(*words, "--out", "first").code == 0
        asked = server.records_asked
        assert asked >= 300
        assert call(*words, "--out", "second").code == 0
        assert server.records_asked == asked
    assert result_in("first")["attacks"] == result_in("second")["attacks"]
