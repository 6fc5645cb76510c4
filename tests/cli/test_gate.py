"""Tests of the command `gate`, and of `audit --policy`."""

import json
import shutil
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as Xml

import pytest
import yaml

from miaudit.auditing.files import GATE, RESULT, SCORES
from miaudit.cli.choices import GateOptions
from miaudit.cli.gate import gate_for
from miaudit.config.file import parse_config
from miaudit.errors import UserError
from tiny import Audited, Call


@pytest.fixture
def folder(audited: Audited, tmp_path: Path) -> Path:
    return Path(shutil.copytree(audited.folder, tmp_path / "audit"))


def policy(tmp_path: Path, limit: float, **require: Any) -> Path:
    path = tmp_path / f"{limit:g}.yaml"
    rules = [{"measure": "auc", "limit": limit, "attacks": ["loss"]}]
    path.write_text(yaml.safe_dump({"rules": rules, "require": {"controls": False} | require}))
    return path


def test_exit_codes_are_those_of_the_outcomes(folder: Path, tmp_path: Path, call: Call) -> None:
    found = json.loads((folder / RESULT).read_text())["attacks"]["loss"]["auc"]
    for limit, code, word in ((0.999, 0, "Pass"), (0.5, 1, "Fail"), (found["value"], 3, "Cannot tell")):
        called = call("gate", folder, "--policy", policy(tmp_path, limit))
        assert (called.code, called.err) == (code, "")
        assert called.out.splitlines()[-1].startswith(word)


@pytest.mark.parametrize("width", [40, 60, 80, 120])
def test_each_rule_has_a_line_that_fits(
    folder: Path, tmp_path: Path, call: Call, monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    table = call("gate", folder, "--policy", policy(tmp_path, 0.999)).out.partition("The audit itself")[0].splitlines()
    assert max(len(line.rstrip()) for line in table) <= width
    (rule,) = (line for line in table if line.startswith("AUC"))
    assert {"0.999", "pass"} <= set(rule.split())
    assert ("decided by" in "".join(table)) == (width >= 60)


def test_every_output_is_written(folder: Path, tmp_path: Path, call: Call) -> None:
    junit, sarif, summary = tmp_path / "new" / "gate.xml", tmp_path / "gate.sarif", tmp_path / "summary.md"
    summary.write_text("before\n")
    ours = policy(tmp_path, 0.5)
    outputs = ("--junit", junit, "--sarif", sarif, "--summary", summary)
    called = call("gate", folder / RESULT, "--policy", ours, "--json", *outputs)
    assert called.code == 1
    assert json.loads(called.out)["outcome"] == "fail"
    assert Xml.parse(junit).getroot().get("failures") == "1"
    assert len(json.loads(sarif.read_text())["runs"][0]["results"]) == 1
    assert summary.read_text().startswith("before\n## ❌ Privacy gate by policy 0.5: fail\n")


def test_a_result_alone_is_judged_where_its_confidence_suffices(folder: Path, tmp_path: Path, call: Call) -> None:
    (folder / SCORES).unlink()
    assert call("gate", folder, "--policy", policy(tmp_path, 0.999)).code == 0


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("strikt", "no policy is called 'strikt': did you mean 'strict'?"),
        ("absent.yaml", "absent.yaml"),
        ("wrong.yaml", "there is no option 'rulez': did you mean 'rules'?"),
    ],
)
def test_a_wrong_policy_exits_with_2(
    folder: Path, tmp_path: Path, call: Call, monkeypatch: pytest.MonkeyPatch, name: str, message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("wrong.yaml").write_text("rulez: []")
    called = call("gate", folder, "--policy", name, "--junit", "gate.xml")
    assert called.code == 2
    assert message in called.err
    assert "Traceback" not in called.err
    assert not Path("gate.xml").exists()


def test_a_folder_without_an_audit_and_a_group_that_was_not_kept_exit_with_2(
    folder: Path, tmp_path: Path, call: Call
) -> None:
    assert call("gate", tmp_path).code == 2
    path = tmp_path / "grouped.yaml"
    path.write_text("rules: [{measure: auc, limit: 0.6, group_by: sex}]")
    called = call("gate", folder, "--policy", path)
    assert called.code == 2
    assert "no column 'sex' to group by" in called.err


def test_a_summary_that_cannot_be_written_exits_with_2(folder: Path, tmp_path: Path, call: Call) -> None:
    called = call("gate", folder, "--policy", policy(tmp_path, 0.999), "--summary", tmp_path / "none" / "s.md")
    assert called.code == 2
    assert "cannot write" in called.err


PREDICTIONS = "p0,p1,label,member\n" + "".join(
    f"{p:.3f},{1 - p:.3f},0,{member}\n" for member in (0, 1) for p in (0.5 + 0.001 * k for k in range(100))
)


def test_an_audit_with_a_policy_ends_with_its_decision(
    tmp_path: Path, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("p.csv").write_text(PREDICTIONS)
    ours = policy(tmp_path, 0.9)
    called = call("audit", "p.csv", "--out", "out", "--policy", ours)
    assert called.code == 0
    assert "Pass: the limit holds" in called.out
    stored = json.loads((tmp_path / "out" / GATE).read_text())
    assert (stored["outcome"], stored["audit"]) == ("pass", "out")
    decided = Path("out/report.html").read_text()
    assert "may be released" in decided
    assert call("report", "out").code == 0
    assert Path("out/report.html").read_text() == decided
    assert call("audit", "p.csv", "--out", "out", "--policy", "strict").code == 3
    assert call("audit", "p.csv", "--out", "out").code == 0
    assert not (tmp_path / "out" / GATE).exists()  # it was about another result
    assert "Nobody chose a policy" in Path("out/report.html").read_text()


def test_a_policy_that_does_not_fit_the_records_leaves_the_outcome(
    tmp_path: Path, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("p.csv").write_text(PREDICTIONS)
    Path("grouped.yaml").write_text("rules: [{measure: auc, limit: 0.6, group_by: sex}]")
    called = call("audit", "p.csv", "--out", "out", "--policy", "grouped.yaml")
    assert called.code == 2
    assert "no column 'sex' to group by" in called.err
    assert call("audit", "p.csv", "--out", "out").out.partition("Report")[0] == called.out.partition("Report")[0]


def test_a_wrong_policy_is_noticed_before_the_audit(
    tmp_path: Path, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("p.csv").write_text(PREDICTIONS)
    assert call("audit", "p.csv", "--out", "out", "--policy", "absent.yaml").code == 2
    assert not Path("out").exists()


def test_a_comparison_of_defences_takes_no_policy(tmp_path: Path, call: Call) -> None:
    config = tmp_path / "defences.yaml"
    recipe = {"model": {"name": "mlp"}}
    content = {"dataset": "digits", "split": "pool", "recipe": recipe, "defences": ["l2"]}
    config.write_text(yaml.safe_dump(content))
    called = call("audit", config, "--out", tmp_path / "out", "--policy", "strict")
    assert called.code == 2
    assert "--policy decides on one audit" in called.err


def test_a_baseline_is_what_regression_compares_with(
    folder: Path, audited: Audited, tmp_path: Path, call: Call
) -> None:
    path = tmp_path / "change.yaml"
    path.write_text("{rules: [{measure: auc_change, limit: 0.05}], require: {controls: false}}")
    called = call("gate", folder, "--policy", path, "--baseline", audited.folder)
    assert (called.code, called.err) == (0, "")  # the same audit
    assert call("gate", folder, "--policy", path).code == 2
    assert call("gate", folder, "--policy", "strict", "--baseline", audited.folder).code == 2


def test_a_baseline_of_an_audit_is_checked_before_it_begins(
    tmp_path: Path, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("p.csv").write_text(PREDICTIONS)
    for options, message in (
        (("--baseline", "before"), "--baseline is for a policy"),
        (("--policy", "regression", "--baseline", "out"), "--baseline and --out both name out"),
        (("--policy", "regression"), "expected an earlier audit"),
        (("--policy", "regression", "--baseline", "before"), "before"),
    ):
        called = call("audit", "p.csv", "--out", "out", *options)
        assert called.code == 2
        assert message in called.err
    assert not Path("out").exists()


def test_outputs_never_replace_what_is_read(folder: Path, tmp_path: Path, call: Call) -> None:
    ours = policy(tmp_path, 0.9)
    for option, path in (("--junit", ours), ("--sarif", folder / RESULT), ("--summary", ours)):
        before = path.read_bytes()
        called = call("gate", folder, "--policy", ours, option, path)
        assert called.code == 2
        assert "it is an input" in called.err
        assert path.read_bytes() == before


def test_a_policy_in_the_folder_of_results_stays(tmp_path: Path, call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("p.csv").write_text(PREDICTIONS)
    Path("out").mkdir()
    ours = policy(tmp_path, 0.9).rename("out/config.yaml")
    called = call("audit", "p.csv", "--out", "out", "--policy", ours)
    assert called.code == 2
    assert "would be replaced" in called.err


@pytest.mark.parametrize(
    ("attacks", "runs"), [(["loss"], ("loss",)), ("auto", ("loss", "lira")), ("all", ("loss", "lira", "rmia"))]
)
def test_attacks_of_the_policy_that_the_audit_will_not_run_are_refused_before_it_begins(
    tmp_path: Path, attacks: str | list[str], runs: tuple[str, ...]
) -> None:
    config = parse_config({"evidence": "p.csv", "attacks": attacks})
    path = tmp_path / "policy.yaml"
    for name in ("loss", "lira", "rmia"):
        limited = {"rules": [{"measure": "auc", "limit": 0.6, "attacks": name}]}
        needed = {"rules": [{"measure": "auc", "limit": 0.6}], "require": {"attacks": [name]}}
        for content in (limited, needed):
            path.write_text(yaml.safe_dump(content))
            if name in runs:
                assert gate_for(config, GateOptions(str(path)), tmp_path / "out") is not None
                continue
            with pytest.raises(UserError, match=f"'{name}', which .*: name it in `attacks`, or set `attacks: all`"):
                gate_for(config, GateOptions(str(path)), tmp_path / "out")
