"""Tests of the command `explain`."""

import json
from pathlib import Path

import pyarrow.csv as pa_csv
import pytest

from miaudit.auditing.files import load_scores
from miaudit.auditing.run import Finished
from tiny import Audited, Call


def finished(audited: Audited) -> Finished:
    return audited.finished


def test_a_record_is_explained_in_words_and_in_json(audited: Audited, call: Call) -> None:
    record = load_scores(audited.folder)["id"][0].as_py()
    words = call("explain", audited.folder, "--record", record)
    assert words.code == 0, words.err
    assert f"Record {record} is a" in words.out
    told = call("explain", audited.folder, "--record", record, "--json")
    assert json.loads(told.out)["id"] == record
    assert set(json.loads(told.out)["attacks"]) == set(finished(audited).result.attacks)


def test_all_records_are_written_with_hashed_ids(audited: Audited, call: Call, tmp_path: Path) -> None:
    key, out = tmp_path / "key", tmp_path / "all.csv"
    key.write_text("0123456789abcdef")
    said = call("explain", audited.folder, "--all", "--out", out, "--hash-ids", key)
    assert said.code == 0, said.err
    table = pa_csv.read_csv(out)
    assert table.num_rows == load_scores(audited.folder).num_rows
    assert all(len(name) == 64 for name in table["id"].to_pylist())


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ((), "expected either --record ID"),
        (("--record", 1, "--all"), "expected either --record ID"),
        (("--all",), "expected --out FILE with the suffix .csv or .parquet"),
        (("--all", "--out", "all.xlsx"), "expected --out FILE with the suffix .csv or .parquet"),
        (("--record", 1, "--hash-ids", "k"), "use them with --all"),
        (("--record", "nobody"), "the audit has no record 'nobody'"),
        (("--record", 1, "--alpha", 98), "expected a precision between 0 and 1"),
    ],
)
def test_wrong_calls_end_with_code_2(audited: Audited, call: Call, options: tuple[object, ...], message: str) -> None:
    said = call("explain", audited.folder, *options)
    assert said.code == 2
    assert message in said.err
