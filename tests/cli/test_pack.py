"""Tests of the commands `pack` and `verify`, and of the page on them, word for word."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from miaudit.auditing.files import DEFENCES, GATE, RESULT, SCORES
from miaudit.decisions.archive import MANIFEST, unzipped, zipped
from shell import run_script
from tiny import Audited, Call

ROOT = Path(__file__).parents[2]
DOCS = (ROOT / "docs" / "pack.md").read_text(encoding="utf-8")
BASH = re.findall(r"^```sh\n(.*?)^```", DOCS, flags=re.MULTILINE | re.DOTALL)

needs_ssh = pytest.mark.skipif(
    shutil.which("ssh-keygen") is None or shutil.which("bash") is None, reason="needs ssh-keygen and bash"
)


@pytest.fixture
def folder(audited: Audited, tmp_path: Path) -> Path:
    return Path(shutil.copytree(audited.folder, tmp_path / "audit"))


def test_a_pack_is_written_and_verified(folder: Path, tmp_path: Path, call: Call) -> None:
    out = tmp_path / "new" / "pack.zip"
    said = call("pack", folder, "--policy", "strict", "--out", out)
    assert (said.code, said.err) == (0, "")
    assert f"Pack of 11 files: {out}" in said.out
    checked = call("verify", out, "--policy", "research-output")
    assert (checked.code, checked.err) == (0, "")
    assert checked.out.endswith("Not signed: the pack is whole, but anybody could have made it.\nVerified.\n")
    for begin in ("Audited: Mlp trained on digits; 269 members", "Verdict: ", "Decision: ", "By your policy: "):
        assert begin in checked.out


def test_by_default_the_pack_lies_in_the_current_folder(
    folder: Path, tmp_path: Path, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    said = call("pack", "audit")
    assert said.code == 0, said.err
    assert "No policy was applied." in said.out
    assert "Decision: no policy was applied." in call("verify", "audit-pack.zip").out


def test_the_policy_of_the_audit_is_taken_where_none_is_named(folder: Path, tmp_path: Path, call: Call) -> None:
    policy = tmp_path / "ours.yaml"
    policy.write_text("rules: [{measure: auc, limit: 0.999, attacks: loss}]\nrequire: {controls: false}\n")
    (folder / GATE).write_text(call("gate", folder, "--policy", policy, "--json").out)
    said = call("pack", folder, "--out", tmp_path / "pack.zip")
    assert "Pass: the limit holds" in said.out
    (folder / GATE).write_text("{}")
    assert "is not the decision of a gate" in call("pack", folder, "--out", tmp_path / "pack.zip").err


def test_no_record_of_the_audit_is_in_any_byte(folder: Path, tmp_path: Path, call: Call) -> None:
    assert call("pack", folder, "--policy", "strict", "--out", tmp_path / "pack.zip").code == 0
    content = (tmp_path / "pack.zip").read_bytes()
    table = pq.read_table(folder / SCORES)
    values = np.concatenate([table[n].to_numpy() for n in table.column_names if table.schema.field(n).type == "double"])
    values = np.unique(values[values != values.round(3)])
    found = np.array([float(number) for number in re.findall(rb"-?\d+\.\d{7,}(?:e-?\d+)?", content)])
    assert min(len(values), len(found)) > 100
    assert not np.isclose(found[:, None], values[None], rtol=1e-9, atol=0).any()
    assert str(tmp_path).encode() not in content


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("annex.md", b"All is well", "Wrong: annex.md was changed"),
        ("scores.parquet", b"PAR1", "Wrong: scores.parquet is not in the manifest"),
        ("report.html", None, "Wrong: report.html is missing"),
        (MANIFEST, b"", "Wrong: annex.html is not in the manifest"),
    ],
)
def test_a_pack_that_was_tampered_with_is_refused(
    name: str, content: bytes | None, message: str, folder: Path, tmp_path: Path, call: Call
) -> None:
    assert call("pack", folder, "--out", tmp_path / "pack.zip").code == 0
    files = {**unzipped(tmp_path / "pack.zip").files, name: content}
    (tmp_path / "pack.zip").write_bytes(zipped({key: value for key, value in files.items() if value is not None}))
    said = call("verify", tmp_path / "pack.zip")
    assert (said.code, message in said.out) == (1, True), said.out
    assert said.out.splitlines()[-1] == "Not verified: do not rely on this pack."


def test_a_file_that_was_renamed_is_missing_and_too_much(folder: Path, tmp_path: Path, call: Call) -> None:
    assert call("pack", folder, "--out", tmp_path / "pack.zip").code == 0
    files = dict(unzipped(tmp_path / "pack.zip").files)
    files["annexe.md"] = files.pop("annex.md")
    (tmp_path / "pack.zip").write_bytes(zipped(files))
    said = call("verify", tmp_path / "pack.zip")
    assert said.code == 1
    assert "annex.md is missing" in said.out
    assert "annexe.md is not in the manifest" in said.out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("verify", "result.json"), "expected a pack, as `miaudit pack` writes it, got something else than a zip"),
        (("verify", "absent.zip"), "got no such file"),
        (("verify", "pack.zip", "--identity", "ann"), "--identity names one of the allowed signers"),
        (("verify", "pack.zip", "--allowed-signers", "a", "--public-key", "b"), "give one of them"),
        (("pack", "absent"), "expected the folder of an audit"),
        (("pack", ".", "--out", "result.json"), "it is an input, which would be replaced"),
        (("pack", ".", "--baseline", "."), "give --policy too"),
        (("pack", ".", "--policy", "regression"), "expected an earlier audit, by --baseline DIR"),
        (("pack", ".", "--sign", "absent"), "expected a private key, got no such file"),
        (("pack", ".", "--min-group", "200"), "needs 400 members"),
    ],
)
def test_mistakes_end_with_exit_code_2(
    words: tuple[str, ...], message: str, folder: Path, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    assert call("pack", ".", "--out", "pack.zip").code == 0
    before = (folder / RESULT).read_bytes()
    said = call(*words)
    assert (said.code, message in said.err) == (2, True), said.err
    assert (folder / RESULT).read_bytes() == before


def test_a_comparison_of_defences_is_packed_audit_by_audit(folder: Path, call: Call) -> None:
    (folder / DEFENCES).write_text("{}")
    said = call("pack", folder)
    assert (said.code, "pack its audits one by one" in said.err) == (2, True)


def test_a_report_in_the_layout_of_sacro_is_written(folder: Path, tmp_path: Path, call: Call) -> None:
    said = call("report", folder, "--sacro", tmp_path / "report.json")
    assert (said.code, said.err) == (0, "")
    names = {entry["metadata"]["attack_name"] for entry in json.loads((tmp_path / "report.json").read_text()).values()}
    assert "lira" in names


@needs_ssh
def test_the_page_is_right_word_for_word(folder: Path, tmp_path: Path) -> None:
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", tmp_path / "id_ed25519"], check=True)
    public = (tmp_path / "id_ed25519.pub").read_text()
    (tmp_path / "allowed_signers").write_text(f"ann@example.org {public}")
    two, by_hand = BASH[0], BASH[1]
    assert len(two.splitlines()) == 2
    done = run_script(two, tmp_path)
    assert done.returncode == 0, done.stderr
    assert "Signed by: ann@example.org\nVerified.\n" in done.stdout
    done = run_script(by_hand, tmp_path)
    assert done.returncode == 0, done.stderr
    assert 'Good "miaudit" signature for ann@example.org' in done.stdout
    assert "report.html: OK" in done.stdout


@needs_ssh
def test_a_signature_of_somebody_else_is_refused(folder: Path, tmp_path: Path, call: Call) -> None:
    for name in ("ann", "mallory"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", tmp_path / name], check=True)
    (tmp_path / "allowed").write_text(f"ann@example.org {(tmp_path / 'ann.pub').read_text()}")
    out = tmp_path / "pack.zip"
    assert call("pack", folder, "--out", out, "--sign", tmp_path / "mallory").code == 0
    assert "Signed, not checked by whom" in call("verify", out).out
    said = call("verify", out, "--allowed-signers", tmp_path / "allowed")
    assert (said.code, "not among the allowed signers" in said.out) == (1, True)
    assert call("pack", folder, "--out", out).code == 0
    said = call("verify", out, "--allowed-signers", tmp_path / "allowed")
    assert (said.code, "it is not signed with ssh-keygen" in said.out) == (1, True)
