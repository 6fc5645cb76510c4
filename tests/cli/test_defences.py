"""`miaudit audit` on a list of defences."""

import json
import shutil
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml

from miaudit.auditing.defences_result import compared
from miaudit.auditing.files import load_defences
from miaudit.auditing.result import AuditResult
from miaudit.cli.console import PlainConsole
from miaudit.cli.defences import table
from miaudit.config.audit import Attacker
from miaudit.report.defences import render_defences
from report_example import Example
from tiny import CONFIG, Call

SMALL = {
    **CONFIG,
    "split": {"name": "pool", "models": 4, "shadows": 2, "members": 0.1, "nonmembers": 0.1, "population": 0.1},
    "recipe": {"model": {"name": "mlp", "hidden": [16]}, "learning_rate": 0.02, "batch_size": 16, "epochs": 4},
    "attacks": ["loss", "calibrated"],
    "defences": [{"name": "dp_sgd", "noise": 0}, {"name": "confidence_masking", "top_k": 1}],
    "attacker": "knows",
}
ATTACKERS: tuple[Attacker, ...] = ("knows", "unaware")
FOLDERS = {"none", "dp_sgd-noise=0-knows", "confidence_masking-top_k=1-knows"}


class Ran(NamedTuple):
    config: Path
    out: Path
    store: Path


@pytest.fixture
def ran(tmp_path: Path, call: Call, monkeypatch: pytest.MonkeyPatch) -> Ran:
    config, out, store = tmp_path / "defences.yaml", tmp_path / "out", tmp_path / "store"
    config.write_text(yaml.safe_dump(SMALL))
    called = call("audit", config, "--out", out, "--store", store, "--jobs", 1)
    assert called.code == 0, called.err
    (tmp_path / "stdout").write_text(called.out)
    (tmp_path / "stderr").write_text(called.err)
    return Ran(config, out, store)


def test_one_table_one_page_and_a_folder_for_each_audit(ran: Ran, call: Call) -> None:
    files = {path.name for path in ran.out.iterdir()}
    assert files == {"report.html", "defences.json", "config.yaml", "manifest.json", *FOLDERS}
    for name in FOLDERS:
        assert {path.name for path in (ran.out / name).iterdir()} >= {"report.html", "result.json", "config.yaml"}
    printed, told = (ran.config.with_name(name).read_text() for name in ("stdout", "stderr"))
    assert "3 audits, one after another." in told
    assert "10 to train" in told  # 5, and 5 private ones
    for words in ("dp_sgd[noise=0]", "confidence_masking[top_k=1]", "knows", "∞", "Defences of Mlp trained on digits"):
        assert words in printed
    result = load_defences(ran.out)
    assert [row.title for row in result.rows] == ["none", "dp_sgd[noise=0]", "confidence_masking[top_k=1]"]
    assert (ran.out / "report.html").read_text() == render_defences(result)

    config = shutil.copy(ran.out / "config.yaml", ran.out.with_name("again.yaml"))
    again = call("audit", config, "--out", ran.out, "--store", ran.store, "--json")
    assert "all in the store: nothing to train" in again.err
    content = json.loads(again.out)
    assert content["schema"] == "miaudit.defences/1"
    assert content["rows"] == json.loads(result.model_dump_json())["rows"]

    before = (ran.out / "report.html").read_text()
    (ran.out / "report.html").unlink()
    assert call("report", ran.out).code == 0
    # The second run trained nothing, and its page says so.
    assert (ran.out / "report.html").read_text().split('id="cost"')[0] == before.split('id="cost"')[0]


def test_the_plan_alone(call: Call, tmp_path: Path) -> None:
    config = tmp_path / "defences.yaml"
    config.write_text(yaml.safe_dump(SMALL))
    words = ("audit", config, "--store", tmp_path / "store", "--out", tmp_path / "out", "--plan-only")
    planned = call(*words)
    assert "dp_sgd-noise=0-knows" in planned.out
    rows = {row["role"]: row["to_train"] for row in json.loads(call(*words, "--json").out)["rows"]}
    assert rows == {
        "none": 5,
        "dp_sgd-noise=0-knows": 5,
        "confidence_masking-top_k=1-knows": 0,
    }
    assert not (tmp_path / "out").exists()


def test_a_budget_is_for_one_audit(call: Call, tmp_path: Path) -> None:
    config = tmp_path / "defences.yaml"
    config.write_text(yaml.safe_dump(SMALL))
    called = call("audit", config, "--store", tmp_path / "store", "--budget", "1m")
    assert called.code == 2
    assert "a budget is for a single audit" in called.err


@pytest.mark.parametrize("width", [40, 60, 80, 120])
def test_the_table_has_one_line_for_each_defence_and_attacker(width: int) -> None:
    audit = Example(members=200, nonmembers=200, strengths={"lira": 1.5, "loss": 0.5}).result()
    titles = ("none", "dropout", "l2[weight=0.1]")
    defended: list[tuple[str, Attacker, str, AuditResult]] = [
        (title, who, who, audit) for title in titles for who in ATTACKERS
    ]
    console = PlainConsole()
    console.width = width
    with console.capture() as captured:
        console.print(table(compared(defended, {}), width))
    lines = [line.rstrip() for line in captured.get().splitlines()]
    assert max(map(len, lines)) <= width
    auc = f"{audit.attacks['lira'].auc.value:.3f}"
    rows = [line.split()[:3] for line in lines if auc in line]
    defences = [[title, who, auc] for title in ("dropout", "l2[weight=0.1]") for who in ATTACKERS]
    assert rows == [["none", "\u2013", auc], *defences]
    assert ("lira" in captured.get()) == (width >= 80)
