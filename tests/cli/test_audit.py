import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import numpy.testing as npt
import pyarrow.parquet as pq
import pytest
import yaml

from miaudit.auditing import cost
from miaudit.cli import audit as audit_file
from miaudit.running.local import LocalRunner
from tiny import ATTACKS, CONFIG, Audited, Call

FILES = {"report.html", "result.json", "scores.parquet", "evidence.safetensors", "config.yaml", "manifest.json"}


def columns(folder: Path) -> dict[str, Any]:
    return {name: column.to_numpy() for name, column in zip(*_table(folder), strict=True)}


def _table(folder: Path) -> tuple[list[str], list[Any]]:
    table = pq.read_table(folder / "scores.parquet")
    return table.column_names, table.columns


def test_the_command_does_what_the_library_does(call: Call, audited: Audited, tmp_path: Path) -> None:
    out = tmp_path / "deep" / "out"
    called = call("audit", audited.config, "--out", out, "--store", audited.store.root)
    assert called.code == 0
    assert "Plan: 7 models, all in the store: nothing to train." in called.err
    assert {path.name for path in out.iterdir()} == FILES
    assert (out / "scores.parquet").read_bytes() == (audited.folder / "scores.parquet").read_bytes()
    assert "The model leaks who was in its training data." in called.out
    assert str(out / "report.html") in called.out
    for name in ATTACKS:
        assert f"\n{name} " in called.out


def test_the_result_for_machines(call: Call, audited: Audited, tmp_path: Path) -> None:
    called = call("audit", audited.config, "--out", tmp_path, "--store", audited.store.root, "--json")
    assert json.loads(called.out) == json.loads((tmp_path / "result.json").read_text())


def test_the_configuration_of_a_result_runs_again_as_it_is(call: Call, audited: Audited, tmp_path: Path) -> None:
    config = shutil.copy(audited.folder / "config.yaml", tmp_path / "again.yaml")
    assert call("audit", config, "--out", tmp_path / "out", "--store", audited.store.root).code == 0
    assert (tmp_path / "out" / "scores.parquet").read_bytes() == (audited.folder / "scores.parquet").read_bytes()
    assert (tmp_path / "out" / "config.yaml").read_text() == (audited.folder / "config.yaml").read_text()


def test_the_saved_evidence_gives_the_same_scores(call: Call, audited: Audited, tmp_path: Path) -> None:
    config = tmp_path / "evidence.yaml"
    content = {"evidence": str(audited.folder / "evidence.safetensors"), "attacks": CONFIG["attacks"], "seed": 0}
    config.write_text(yaml.safe_dump(content))
    assert call("audit", config, "--out", tmp_path / "out", "--store", tmp_path / "store").code == 0
    before, after = columns(audited.folder), columns(tmp_path / "out")
    assert before.keys() - {"picture"} == after.keys()  # evidence holds no images
    for name in after.keys() - {"position"}:  # in the data set, and in the file
        npt.assert_array_equal(after[name], before[name], err_msg=name)


def test_predictions_alone_in_a_csv_file(call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(0)
    member = np.arange(300) % 2
    p = np.clip(rng.normal(0.6 + 0.2 * member, 0.15), 0.01, 0.99)
    rows = [f"{100 + i},1,{m},{1 - q:.9f},{q:.9f}" for i, (m, q) in enumerate(zip(member, p, strict=True))]
    (tmp_path / "mine.csv").write_text("\n".join(["id,label,member,p0,p1", *rows]) + "\n")
    monkeypatch.chdir(tmp_path)
    called = call("audit", "mine.csv", "--store", "store")
    assert called.code == 0, called.err
    assert {path.name for path in (tmp_path / "mine-audit").iterdir()} == FILES
    found = columns(tmp_path / "mine-audit")
    npt.assert_array_equal(found["id"], np.arange(100, 400))
    npt.assert_allclose(found["loss"], np.log(p), atol=1e-6)
    result = json.loads((tmp_path / "mine-audit" / "result.json").read_text())
    assert result["verdict"]["level"] == "leaks"
    assert "lira" in result["skipped"]
    assert result["target"]["description"] == "predictions in mine.csv"
    config = yaml.safe_load((tmp_path / "mine-audit" / "config.yaml").read_text())
    assert config == {"evidence": str(tmp_path / "mine.csv"), "attacks": "auto"}


def test_the_demo_is_an_audit_with_a_configuration_of_its_own(
    call: Call, audited: Audited, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    demo = yaml.safe_load((Path(audit_file.__file__).with_name("demo.yaml")).read_text())
    assert {"dataset", "split", "recipe", "attacks"} <= demo.keys()
    monkeypatch.setattr(yaml, "safe_load", lambda _: CONFIG)  # the real one takes a minute
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MIAUDIT_STORE", str(audited.store.root))
    assert call("demo").code == 0
    assert {path.name for path in (tmp_path / "miaudit-demo").iterdir()} == FILES


def test_a_budget_cuts_the_pool_and_is_recorded(
    call: Call, audited: Audited, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    large = tmp_path / "large.yaml"
    content = {**CONFIG, "attacks": ["calibrated"], "split": {**CONFIG["split"], "models": 40}}
    large.write_text(yaml.safe_dump(content))
    monkeypatch.setattr(cost, "seconds_per_model", lambda *_: 15.0)
    words = ("--out", tmp_path / "out", "--store", audited.store.root, "--budget", "1m", "--jobs", "2")
    called = call("audit", large, *words)
    assert called.code == 0, called.err
    assert "Plan: 7 models, all in the store" in called.err
    config = yaml.safe_load((tmp_path / "out" / "config.yaml").read_text())
    assert config["split"] == CONFIG["split"]


def test_reports_while_the_pool_grows(call: Call, audited: Audited, tmp_path: Path) -> None:
    called = call("audit", audited.config, "--out", tmp_path, "--store", audited.store.root, "--anytime")
    assert called.code == 0
    assert "Preliminary: 4 of the 6 models of the pool are trained so far" in called.err
    assert f"Report so far: {tmp_path / 'report.html'}" in called.err
    assert "Preliminary" not in called.out
    assert {path.name for path in tmp_path.iterdir()} == FILES
    for name in ("scores.parquet", "evidence.safetensors", "config.yaml"):
        assert (tmp_path / name).read_bytes() == (audited.folder / name).read_bytes()
    results = [json.loads((folder / "result.json").read_text()) for folder in (tmp_path, audited.folder)]
    assert results[0].pop("cost") != results[1].pop("cost")
    assert results[0] == results[1]


def test_an_interrupt_leaves_the_last_report(
    call: Call, audited: Audited, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, run = [], LocalRunner.run

    def interrupted(runner: LocalRunner, works: Any, *rest: Any) -> Any:
        begun.append(len(works))
        if len(works) > 5:
            raise KeyboardInterrupt
        return run(runner, works, *rest)

    monkeypatch.setattr(LocalRunner, "run", interrupted)
    called = call("audit", audited.config, "--out", tmp_path, "--store", audited.store.root, "--anytime")
    assert called.code == 130
    assert begun == [5, 7]
    assert {path.name for path in tmp_path.iterdir()} == FILES
    assert json.loads((tmp_path / "result.json").read_text())["preliminary"] == {"models": 4, "of": 6}
    assert "Preliminary: 4 of the 6 models" in (tmp_path / "report.html").read_text()
