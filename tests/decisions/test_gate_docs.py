"""The rule for Make on docs/gate.md and the files in ci/, run as they stand."""

import re
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from shell import run_script
from tiny import Audited

ROOT = Path(__file__).parents[2]
DOCS = (ROOT / "docs" / "gate.md").read_text(encoding="utf-8")
LOOSE, TIGHT = "rules: [{measure: auc, limit: 0.99}]", "rules: [{measure: auc, limit: 0.5, attacks: loss}]"

pytestmark = pytest.mark.skipif(shutil.which("bash") is None, reason="the snippets are for bash")


def snippets(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", DOCS, flags=re.MULTILINE | re.DOTALL)


@pytest.fixture
def finished(audited: Audited, tmp_path: Path) -> Path:
    """A folder with a finished audit in `audit` and two policies."""
    shutil.copytree(audited.folder, tmp_path / "audit")
    for name, rules in (("loose", LOOSE), ("tight", TIGHT)):
        (tmp_path / f"{name}.yaml").write_text(f"{rules}\nrequire: {{controls: false}}\n")
    return tmp_path


@pytest.mark.skipif(shutil.which("make") is None, reason="the rule is for make")
def test_the_rule_of_the_makefile_fails_with_the_gate(finished: Path) -> None:
    (finished / "Makefile").write_text(snippets("make")[0])
    (finished / "predictions.csv").touch()
    (finished / "audit" / "result.json").touch()  # newer than the predictions: no audit is run
    shutil.copy(finished / "tight.yaml", finished / "policy.yaml")
    done = run_script("make gate", finished)
    assert (done.returncode, "Fail: AUC <= 0.5" in done.stdout) == (2, True)
    assert (finished / "gate.xml").is_file()


@pytest.mark.parametrize(("policy", "baseline", "code"), [("tight", "", 1), ("loose", "audit", 2)])
def test_the_action_for_github_passes_the_exit_code_on(finished: Path, policy: str, baseline: str, code: int) -> None:
    action = yaml.safe_load((ROOT / "ci" / "github" / "action.yml").read_text())
    (step,) = action["runs"]["steps"]
    given = {"audit": "audit", "policy": f"{policy}.yaml", "baseline": baseline}
    env = {name: _filled(value, given) for name, value in step["env"].items()}
    outputs = {name: str(finished / name) for name in ("GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT")}
    done = run_script(step["run"], finished, **env, **outputs)
    assert done.returncode == code, done.stderr
    assert (finished / "GITHUB_OUTPUT").read_text() == f"exit-code={code}\n"
    if code != 2:
        assert (finished / "GITHUB_STEP_SUMMARY").read_text().startswith("## ")
        assert (finished / "gate.sarif").is_file()


def _filled(text: str, given: dict[str, str]) -> str:
    found = re.fullmatch(r"\$\{\{ inputs\.(\w+) \}\}", text)
    assert found is not None
    return given[found[1]]


def test_the_template_for_gitlab_ends_as_the_gate_does(finished: Path) -> None:
    job: dict[str, Any] = yaml.safe_load((ROOT / "ci" / "gitlab" / "miaudit.yml").read_text())[".miaudit-gate"]
    env = job["variables"] | {"MIAUDIT_POLICY": "tight.yaml"}
    done = run_script("\n".join(job["script"]), finished, **env)
    assert done.returncode == 1, done.stderr
    for name in (job["artifacts"]["reports"]["junit"], *job["artifacts"]["paths"]):
        assert (finished / name).is_file()
