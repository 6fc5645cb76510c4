"""Tests that a pack holds what may leave and nothing else, and that its bytes depend on the audit alone."""

from pathlib import Path

import pyarrow as pa
import pytest
import yaml

from decisions_examples import saved, texts
from miaudit.auditing.files import REPORT, RESULT, load_result
from miaudit.config.audit import PICTURE
from miaudit.decisions.archive import MANIFEST, unzipped
from miaudit.decisions.gate import gate
from miaudit.decisions.policy import Policy
from miaudit.errors import UserError
from miaudit.report.html import render
from miaudit.report.pack import write_pack
from miaudit.report.released import write_release

ALWAYS = {
    MANIFEST,
    "annex.html",
    "annex.md",
    "config.yaml",
    "environment.json",
    "report.html",
    "result.json",
    "sacro.json",
}


def test_a_pack_has_all_its_files(tmp_path: Path) -> None:
    packed = write_pack(saved(), tmp_path, tmp_path / "pack.zip", None, 10)
    assert set(packed.files) == set(unzipped(tmp_path / "pack.zip").files) == ALWAYS
    decided = write_pack(saved(), tmp_path, tmp_path / "pack.zip", gate(saved(), Policy.of("strict")), 10)
    assert set(decided.files) == ALWAYS | {"gate.json", "gate.md", "policy.yaml"}


def test_the_same_audit_gives_the_same_bytes(tmp_path: Path) -> None:
    decision = gate(saved(), Policy.of("strict"))
    for name in ("a", "b"):
        write_pack(saved()._replace(name=f"/home/{name}"), tmp_path, tmp_path / name / "pack.zip", decision, 10)
    assert (tmp_path / "a" / "pack.zip").read_bytes() == (tmp_path / "b" / "pack.zip").read_bytes()


def test_the_page_and_the_policy_are_those_of_result_and_decision(tmp_path: Path) -> None:
    policy = Policy.of("research-output")
    packed = write_pack(saved(), tmp_path, tmp_path / "pack.zip", gate(saved(), policy), 10)
    files = unzipped(tmp_path / "pack.zip").files
    (tmp_path / "result.json").write_bytes(files["result.json"])
    assert files["report.html"].decode() == render(load_result(tmp_path), None, packed.decision)
    assert Policy.parse(yaml.safe_load(files["policy.yaml"])) == policy


def test_no_id_and_no_score_is_in_any_byte(tmp_path: Path) -> None:
    audit = saved(id=texts(600))
    rules = [{"measure": "auc", "limit": 0.6}, {"measure": "named_records", "precision": 0.9, "limit": 3}]
    decision = gate(audit, Policy.parse({"rules": rules}))
    write_pack(audit, tmp_path, tmp_path / "pack.zip", decision, 10)
    content = (tmp_path / "pack.zip").read_bytes()
    assert b"PAT-" not in content
    table = audit.needs_scores("a test")
    columns = [name for name in table.column_names if str(table.schema.field(name).type) == "double"]
    assert len(columns) >= 3
    for name in columns:
        for value in table[name].to_pylist():
            assert value == round(value, 3) or repr(value)[:9].encode() not in content, (name, value)


def test_pictures_of_records_change_no_byte(tmp_path: Path) -> None:
    plain = saved()
    table = plain.needs_scores("a test")
    pictures = pa.array([bytes([1, 1, 1, 200])] * len(table), pa.binary())
    pictured = plain._replace(scores=table.append_column(PICTURE, pictures))
    decision = gate(plain, Policy.of("strict"))
    for name, audit in {"plain": plain, "pictured": pictured}.items():
        write_pack(audit, tmp_path, tmp_path / name / "pack.zip", decision, 10)
        write_release(audit, tmp_path / f"{name}-released", 10)
    assert (tmp_path / "plain" / "pack.zip").read_bytes() == (tmp_path / "pictured" / "pack.zip").read_bytes()
    for file in (RESULT, REPORT):
        assert (tmp_path / "plain-released" / file).read_bytes() == (tmp_path / "pictured-released" / file).read_bytes()


def test_nothing_is_written_where_the_key_does_not_sign(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("nonsense")
    with pytest.raises(UserError):
        write_pack(saved(), tmp_path, tmp_path / "pack.zip", None, 10, tmp_path / "key")
    assert not (tmp_path / "pack.zip").exists()
