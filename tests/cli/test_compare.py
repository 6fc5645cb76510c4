"""The command `compare`."""

import csv
import json
import shutil
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from decisions.pairs import saved, scores_of
from miaudit.auditing.files import RESULT, SCORES, to_json
from miaudit.decisions.comparison import AuditComparison
from tiny import Audited, Call


def write(folder: Path, shift: float, seed: int, **columns: object) -> Path:
    audit = saved(folder.name, {"loss": scores_of(shift, seed)}, **columns)
    folder.mkdir()
    (folder / RESULT).write_text(to_json(audit.result))
    pq.write_table(audit.scores, folder / SCORES)
    return folder


@pytest.fixture
def before(tmp_path: Path) -> Path:
    return write(tmp_path / "before", 1.2, 0)


@pytest.fixture
def after(tmp_path: Path) -> Path:
    return write(tmp_path / "after", 0.6, 1)


def test_words_and_tables_are_printed_and_files_written(before: Path, after: Path, call: Call, tmp_path: Path) -> None:
    called = call("compare", before, after, "--out", tmp_path / "out")
    assert (called.code, called.err) == (0, "")
    assert called.out.startswith("after leaks less than before: AUC of loss")
    written = {path.name for path in (tmp_path / "out").iterdir()}
    assert written == {"comparison.html", "comparison.json", "records.csv", "manifest.json"}
    result = AuditComparison.model_validate_json((tmp_path / "out" / "comparison.json").read_text())
    (counts,) = result.against[0].changed
    rows = list(csv.DictReader((tmp_path / "out" / "records.csv").read_text().splitlines()))
    assert counts.safe is not None
    assert counts.safe > 10
    assert len([row for row in rows if row["now"] == "safe"]) == counts.safe


@pytest.mark.parametrize("width", [40, 60, 80, 120])
def test_each_test_has_one_line(
    before: Path, after: Path, call: Call, monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    lines = [line.rstrip() for line in call("compare", before, after).out.splitlines()]
    assert max(map(len, lines)) <= width
    heads = next(place for place, line in enumerate(lines) if line.startswith("measure"))
    measures = [line[:14].strip() for line in lines[heads + 2 : heads + 4]]
    assert measures == ["AUC", "TPR at 1 % FPR"]
    shown = [word for word in ("from", "to", "difference", "interval", "p") if word in lines[heads].split()]
    assert (
        shown
        == {
            40: ["difference"],
            60: ["from", "difference", "p"],
            80: ["from", "to", "difference", "p"],
            120: ["from", "to", "difference", "interval", "p"],
        }[width]
    )


def test_json_is_the_file(before: Path, after: Path, call: Call, tmp_path: Path) -> None:
    called = call("compare", before, after / RESULT, "--json", "--out", tmp_path / "out")
    assert called.out == (tmp_path / "out" / "comparison.json").read_text()


def test_release_leaves_no_record_and_no_small_count(before: Path, after: Path, call: Call, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert call("compare", before, after, "--out", out).code == 0
    small = json.loads((out / "comparison.json").read_text())["against"][0]["changed"][0]["exposed"]
    assert 0 < small < 10
    called = call("compare", before, after, "--out", out, "--release")
    assert called.code == 0
    assert not (out / "records.csv").exists()
    assert json.loads((out / "comparison.json").read_text())["against"][0]["changed"][0]["exposed"] is None
    assert "exposed in after only" not in called.out


def test_a_real_audit_is_compared_with_another(audited: Audited, tmp_path: Path, call: Call) -> None:
    other = Path(shutil.copytree(audited.folder, tmp_path / "other"))
    called = call("compare", audited.folder, other)
    assert called.code == 0
    assert "No difference in leakage is shown" in called.out


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"label": np.arange(800) % 7}, "name different records"),
        ({"id": np.zeros(800, dtype=int)}, "expected ids that name one record each in other, got '0' 800 times"),
    ],
)
def test_ids_that_do_not_match_are_refused(
    before: Path, tmp_path: Path, call: Call, columns: dict[str, object], message: str
) -> None:
    other = write(tmp_path / "other", 1, 1, **columns)
    called = call("compare", before, other, "--out", tmp_path / "out")
    assert (called.code, called.out) == (2, "")
    assert message in called.err
    assert not (tmp_path / "out" / "comparison.json").exists()
    assert call("compare", before, other, "--unpaired").code == 0


def test_bad_input_is_named(before: Path, after: Path, call: Call, tmp_path: Path) -> None:
    assert "twice" in call("compare", before, before / RESULT).err
    assert "expected two audits or more" in call("compare", before).err
    (after / RESULT).write_text('{"schema": "miaudit.result/9"}')
    called = call("compare", before, after)
    assert called.code == 2
    assert "is not the result of an audit" in called.err
    assert call("compare", before, tmp_path / "absent").code == 2
