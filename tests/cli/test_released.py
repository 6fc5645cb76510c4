"""Tests that nothing about a single record is in what `--release` writes."""

import csv
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from miaudit.auditing.files import load_result, load_scores
from miaudit.report.html import render
from tiny import Audited, Call

N = 600
NUMBER = re.compile(r"-?\d+\.\d{7,}(?:e-?\d+)?")


@pytest.fixture
def predictions(tmp_path: Path) -> Path:
    """Predictions with ids of patients and a column of groups, a rare one among them."""
    rng, path = np.random.default_rng(4), tmp_path / "predictions.csv"
    with path.open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["patient_id", "label", "p0", "p1", "member", "ward"])
        for row in range(N):
            label, ward = int(rng.integers(2)), "rare-ward" if row % 100 == 0 else "ab"[row % 2]
            chance = 1 / (1 + np.exp(-rng.normal() - 1.5 * (row < N // 2)))
            p1 = chance if label else 1 - chance
            rows.writerow([f"PAT-{row}", label, 1 - p1, p1, int(row < N // 2), ward])
    return path


def numbers(value: Any) -> Iterator[float]:
    """All fractions in a JSON document."""
    if isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from numbers(inner)
    elif isinstance(value, float):
        yield value


def per_record(folder: Path) -> np.ndarray:
    """Every value that an audit's table holds of single records and that is no mere code."""
    table = load_scores(folder)
    columns = [table[name].to_numpy() for name in table.column_names if str(table.schema.field(name).type) == "double"]
    values = np.unique(np.concatenate(columns))
    return values[values != values.round(3)]


def test_nothing_about_a_single_record_is_left(predictions: Path, tmp_path: Path, call: Call) -> None:
    options = ("--store", tmp_path / "store", "--ids", "patient_id", "--group-by", "ward")
    assert call("audit", predictions, *options, "--out", tmp_path / "all").code == 0
    said = call("audit", predictions, *options, "--out", tmp_path / "released", "--release")
    assert said.code == 0, said.err
    again = call("report", tmp_path / "all", "--release", "--out", tmp_path / "again")
    assert again.code == 0, again.err
    own = per_record(tmp_path / "all")
    assert len(own) > N
    for folder in (tmp_path / "released", tmp_path / "again"):
        assert sorted(path.name for path in folder.iterdir()) == ["manifest.json", "report.html", "result.json"]
        page, result = (folder / "report.html").read_text(), (folder / "result.json").read_text()
        for text in (page, result):
            assert "PAT-" not in text
            assert "rare-ward" not in text
            assert str(tmp_path) not in text
        assert "Made for release" in page
        told = np.array(list(numbers(json.loads(result))))
        told = np.r_[told, [float(number) for number in NUMBER.findall(page)]]
        assert not np.isclose(told[:, None], own[None], rtol=1e-9, atol=0).any()
        assert page == render(load_result(folder), None)  # the page knows no more than the result
        assert 'id="exposed"' not in page
        assert 'id="scores"' not in page
        assert 'id="hardness"' not in page
        assert 'id="roc"' in page


def test_the_scores_themselves_do_not_matter_but_by_their_order(predictions: Path, tmp_path: Path, call: Call) -> None:
    """A released page of scores that were stretched without a change of order is the same, to the letter."""
    from miaudit.decisions.release import release
    from miaudit.decisions.saved import open_audit

    folder = tmp_path / "all"
    assert call("audit", predictions, "--store", tmp_path / "store", "--ids", "patient_id", "--out", folder).code == 0
    audit = open_audit(folder)
    assert audit.scores is not None
    stretched = audit.scores
    for name in audit.result.attacks:
        place = stretched.column_names.index(name)
        values = np.exp(stretched[name].to_numpy() / 3) + 5
        stretched = stretched.set_column(place, name, [values])
    assert release(audit).model_dump() == release(audit._replace(scores=stretched)).model_dump()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--release",), "--release needs --out FOLDER"),
        (("--out", "x"), "--out and --min-group go with --release"),
    ],
)
def test_wrong_calls_of_report(audited: Audited, call: Call, options: tuple[str, ...], message: str) -> None:
    said = call("report", audited.folder, *options)
    assert (said.code, message in said.err) == (2, True)


def test_a_release_never_joins_records(predictions: Path, tmp_path: Path, call: Call) -> None:
    common = ("audit", predictions, "--store", tmp_path / "store", "--out", tmp_path / "all")
    assert call(*common, "--ids", "patient_id").code == 0
    said = call(*common, "--ids", "patient_id", "--release")
    assert said.code == 2
    assert "a release holds no records, but there is scores.parquet and evidence.safetensors" in said.err
    policy = call("audit", predictions, "--out", tmp_path / "new", "--release", "--policy", "strict")
    assert policy.code == 2
    assert "--policy reads the scores of single records" in policy.err
