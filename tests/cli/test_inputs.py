"""What the user gave is neither replaced nor shown, and may not be needed to be kept."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import yaml

from miaudit.evidence.io.file import write_evidence
from miaudit.manifest import MANIFEST
from tiny import CONFIG, Audited, Call
from worlds import gaussian_world

SECRETS = ("Ann Smith", "diabetes", "Bob Jones", "HIV")
PATIENTS = "name,diagnosis\nAnn Smith,diabetes\nBob Jones,HIV\n" * 30


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a configuration, evidence and scores, under the names that an audit gives to its own files."""
    world = gaussian_world(np.random.default_rng(0), n=40, references=4, shadows=2, known=0, population=0)
    write_evidence(tmp_path / "evidence.safetensors", world.evidence, world.member)
    content = {"evidence": "evidence.safetensors", "attacks": ["loss"]}
    (tmp_path / "config.yaml").write_text("# mine\n" + yaml.safe_dump(content))
    (tmp_path / "scores.csv").write_text("score,member\n" + "0.3,1\n0.1,0\n" * 20)
    return tmp_path


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


@pytest.mark.parametrize(
    "words",
    [
        ("audit", "config.yaml", "--out", "."),
        ("audit", "evidence.safetensors", "--out", "."),
        ("audit", "elsewhere/other.yaml", "--out", "."),  # names the evidence
        ("audit", "elsewhere/config.yaml", "--out", "elsewhere"),  # a link
        ("score", "evidence.safetensors", "--attack", "loss", "--explain", "evidence.safetensors"),
        ("score", "link.safetensors", "--attack", "loss", "--explain", "./evidence.safetensors"),
        ("evaluate", "scores.csv", "--out", "scores.csv"),
    ],
)
def test_inputs_are_not_replaced(
    folder: Path, call: Call, words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "elsewhere").mkdir()
    (folder / "elsewhere" / "other.yaml").write_text(yaml.safe_dump({"evidence": "../evidence.safetensors"}))
    (folder / "elsewhere" / "config.yaml").symlink_to(folder / "config.yaml")
    (folder / "link.safetensors").symlink_to(folder / "evidence.safetensors")
    before = contents(folder)
    monkeypatch.chdir(folder)
    called = call(*words)
    assert (called.code, called.out) == (2, "")
    assert "replaced; choose another" in called.err
    assert contents(folder) == before
    assert (folder / "elsewhere" / "config.yaml").is_symlink()


def test_inputs_of_a_comparison_are_not_replaced(folder: Path, call: Call) -> None:
    below = folder / "out" / "none"
    below.mkdir(parents=True)
    path = below / "config.yaml"
    path.write_text(yaml.safe_dump({**CONFIG, "defences": ["dropout"]}))
    called = call("audit", path, "--out", folder / "out")
    assert called.code == 2
    assert "is an input of this audit and would be replaced" in called.err


def test_a_folder_of_inputs_may_hold_the_results(folder: Path, call: Call) -> None:
    mine = folder / "mine.yaml"
    (folder / "evidence.safetensors").rename(folder / "said.safetensors")
    mine.write_text(yaml.safe_dump({"evidence": "said.safetensors", "attacks": ["loss"]}))
    (folder / "config.yaml").unlink()
    assert call("audit", mine, "--out", folder, "--store", folder / "store").code == 0
    assert (folder / "report.html").is_file()


@pytest.mark.parametrize("name", ["p.txt", "p.tsv", "p.json", "p.yaml", "p.csv", "p.parquet", "p.safetensors", "p"])
@pytest.mark.parametrize("command", ["audit", "score", "evaluate", "report", "reproduce", "store explain"])
def test_an_unknown_file_is_not_shown(tmp_path: Path, call: Call, name: str, command: str) -> None:
    path = tmp_path / name
    path.write_text(PATIENTS)
    more = ("--attack", "loss") if command == "score" else ()
    called = call(*command.split(), path, *more)
    assert called.code == 2
    assert not [secret for secret in SECRETS if secret in called.err + called.out]


def test_a_store_that_cannot_be_written_does_not_stop_an_audit_of_predictions(folder: Path, call: Call) -> None:
    (folder / "file").touch()
    with pytest.warns(UserWarning, match="scores are not kept for later audits"):
        called = call("audit", folder / "config.yaml", "--out", folder / "out", "--store", folder / "file" / "store")
    assert called.code == 0
    assert (folder / "out" / "result.json").is_file()


def test_a_page_is_not_made_of_two_results(call: Call, audited: Audited, tmp_path: Path) -> None:
    out = tmp_path / "out"
    shutil.copytree(audited.folder, out)
    assert call("report", out).code == 0  # as older versions wrote it, without a manifest
    again = call("audit", audited.config, "--out", out, "--store", audited.store.root)
    assert (again.code, call("report", out).code) == (0, 0)
    assert set(json.loads((out / MANIFEST).read_text())["sha256"]) >= {"result.json", "scores.parquet", "config.yaml"}
    with (out / "scores.parquet").open("ab") as file:
        file.write(b"x")
    called = call("report", out)
    assert called.code == 2
    assert "scores.parquet is not the file that manifest.json names" in called.err


@pytest.mark.parametrize("words", [("store", "list"), ("store", "verify"), ("audit", "config.yaml")])
def test_passwords_in_the_place_of_a_store_are_not_told(
    folder: Path, call: Call, words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    called = call(*words, "--store", "nowhere://ann:s3cret@host/store?token=t0ken")
    assert called.code == 2
    assert "nowhere:/" in called.err
    assert "s3cret" not in called.err + called.out
    assert "t0ken" not in called.err + called.out
    monkeypatch.setenv("MIAUDIT_STORE", "nowhere://ann:s3cret@host/store")
    called = call(*words)
    assert called.code == 2
    assert "s3cret" not in called.err + called.out
