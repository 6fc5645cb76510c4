from pathlib import Path

import pyarrow as pa
import pytest

from miaudit.auditing.result import AuditResult, Compared, Likeness
from miaudit.cli.console import PlainConsole
from miaudit.cli.outcome import show_outcome
from miaudit.decisions.gate import gate
from miaudit.decisions.policy import Policy
from miaudit.decisions.saved import SavedAudit
from report_example import Example
from tiny import Audited

EXAMPLE = Example(members=1000, nonmembers=1000, corrected=True)


def shown(
    result: AuditResult, scores: pa.Table | None, capsys: pytest.CaptureFixture[str], tmp_path: object, width: int = 80
) -> str:
    console = PlainConsole()
    console.width = width
    show_outcome(SavedAudit("found", result, scores), tmp_path / "my audit", console)  # type: ignore[operator]
    return capsys.readouterr().out


@pytest.mark.parametrize("width", [60, 80, 120])
def test_the_answer_comes_first_and_everything_fits(
    width: int, capsys: pytest.CaptureFixture[str], tmp_path: object
) -> None:
    out = shown(EXAMPLE.result(), EXAMPLE.table(), capsys, tmp_path, width)
    lines = out.splitlines()
    assert EXAMPLE.result().verdict.headline.startswith(lines[0].strip())
    parts = ("Grade: ", "AUC", "ROC of ", "can be named", "Checks: ", "What to do next", "Report: ")
    places = [out.index(part) for part in parts]
    assert places == sorted(places)
    whole = [line for line in lines if not line.startswith(("  miaudit", "Report:"))]
    assert max(map(len, whole)) <= width
    assert "\x1b" not in out


def test_named_records_are_the_ones_with_the_highest_scores(
    capsys: pytest.CaptureFixture[str], tmp_path: object
) -> None:
    table = EXAMPLE.table()
    out = shown(EXAMPLE.result(), table, capsys, tmp_path, 200)
    line = next(line for line in out.splitlines() if "can be named" in line)
    attack = line.split("(")[1].split(";")[0]
    best = max(zip(table[attack].to_pylist(), table["id"].to_pylist(), strict=True))[1]
    assert line.split("): ")[1].split(", ")[0] == str(best)
    assert f"--record {best}" in out
    assert f"miaudit explain '{tmp_path}/my audit'" in out


def test_next_steps_heed_the_decision_that_was_taken(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """The policy `strict`, which applies where no other was chosen, asks for 1,000 of either kind."""
    example = Example(members=999, nonmembers=1000, corrected=True)
    saved = SavedAudit("found", example.result(), example.table())
    own = Policy.parse({"rules": [{"measure": "auc", "limit": 0.6}]})
    for decision, asks_for_records in ((None, True), (gate(saved, own), False)):
        show_outcome(saved, tmp_path, PlainConsole(), decision)
        out = capsys.readouterr().out
        assert "1. Try a defence" in out  # both policies fail, and no record mends that
        assert ("Audit 1 more training record\n" in out) == asks_for_records


def test_a_release_has_no_records_and_no_commands_that_need_them(
    capsys: pytest.CaptureFixture[str], tmp_path: object
) -> None:
    out = shown(EXAMPLE.result(), None, capsys, tmp_path)
    for absent in ("ROC of", "can be named", "miaudit explain", "miaudit gate"):
        assert absent not in out
    assert "Checks: " in out


def test_controls_are_one_sentence_and_a_failed_likeness_shows_its_numbers(
    capsys: pytest.CaptureFixture[str], tmp_path: object
) -> None:
    result = EXAMPLE.result()
    assert "target 99.0 %" not in shown(result, EXAMPLE.table(), capsys, tmp_path, 200)
    compared = Compared(target=0.99, references=0.8, low=0.7, high=0.9, alike=False)
    unlike = Likeness(state="unlike", models=8, measured={"accuracy_own": compared})
    result = result.model_copy(update={"controls": result.controls.model_copy(update={"likeness": unlike})})
    out = shown(result, EXAMPLE.table(), capsys, tmp_path, 200)
    assert "reference models resemble the target: not passed" in out
    assert "target 99.0 %, references 80.0 % (expected: 70.0 % to 90.0 %)" in out


def test_a_real_audit_is_shown(audited: Audited, capsys: pytest.CaptureFixture[str]) -> None:
    from miaudit.decisions.saved import open_audit

    found = open_audit(audited.folder)
    show_outcome(found, audited.folder, PlainConsole())
    out = capsys.readouterr().out
    assert found.result.verdict.headline in out
    assert str(audited.folder / "report.html") in out.replace("\n", "")
