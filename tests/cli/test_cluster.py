"""`miaudit audit --ray` and `--store URL`."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import yaml

import shared_files
from miaudit.running import local, runners
from tiny import CONFIG, Call

SMALL = {**CONFIG, "attacks": ["calibrated"], "recipe": {**CONFIG["recipe"], "epochs": 2}}


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "small.yaml"
    path.write_text(yaml.safe_dump(SMALL))
    return path


@pytest.fixture
def apart(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Ray's files lie apart from those of other clusters; in a short folder, since sockets are among them."""
    with TemporaryDirectory(prefix="ray", dir="/tmp") as folder:
        monkeypatch.setenv("RAY_TMPDIR", folder)
        monkeypatch.delenv("RAY_ADDRESS", raising=False)
        note = Path(folder) / "ray" / "ray_current_cluster"
        note.parent.mkdir()
        note.write_text("127.0.0.1:1")  # of a cluster that has crashed
        yield


def result(called: Any) -> dict[str, Any]:
    assert called.code == 0, called.err
    content: dict[str, Any] = json.loads(called.out)
    return content


@pytest.mark.slow
def test_an_audit_on_a_cluster_finds_what_one_on_this_machine_finds(
    call: Call, config: Path, tmp_path: Path, apart: None
) -> None:
    ray = pytest.importorskip("ray")
    here = result(call("audit", config, "--out", tmp_path / "here", "--store", tmp_path / "a", "--json", "--jobs", 1))
    words = ("audit", config, "--out", tmp_path / "there", "--store", tmp_path / "b", "--json", "--ray", "auto")
    there = result(call(*words))
    assert not ray.is_initialized()
    assert here.pop("cost")["models_trained"] == there.pop("cost")["models_trained"] > 0
    assert here == there
    scores = [(tmp_path / name / "scores.parquet").read_bytes() for name in ("here", "there")]
    assert scores[0] == scores[1]


def test_a_store_behind_a_url_is_used_again(
    call: Call, config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MIAUDIT_STORE", str(tmp_path / "near"))
    monkeypatch.setattr(local, "run_local", shared_files.run_here)
    words = ("audit", config, "--store", f"shared://{tmp_path}/far", "--json", "--out")
    first, second = (result(call(*words, tmp_path / name)) for name in ("first", "second"))
    assert first["cost"]["models_trained"] > 0
    assert second["cost"]["models_trained"] == 0
    assert first["attacks"] == second["attacks"]
    assert list((tmp_path / "far").rglob("*.safetensors"))


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--ray", "ray://head:10001"), "HOST:PORT of its head node, or auto; got ray://head:10001"),
        (("--ray", "head"), "HOST:PORT of its head node, or auto; got head"),
        (("--ray", "127.0.0.1:1"), "no Ray cluster answers at 127.0.0.1:1: [Errno 111] Connection refused"),
        (("--ray", "127.0.0.1:99999"), "no Ray cluster answers at 127.0.0.1:99999"),
        (
            ("--ray", "auto", "--jobs", "2"),
            "`jobs` (--jobs) is for this machine: with a cluster as `runner` (--ray), all of its cores",
        ),
        (("--store", "gopher://there"), "cannot open a store at gopher://there: Protocol not known: gopher"),
        (("--store", "memory://there"), "memory://there is one process's memory"),
    ],
)
def test_wrong_words(call: Call, config: Path, words: tuple[str, ...], message: str) -> None:
    called = call("audit", config, *words)
    assert called.code == 2
    assert message in called.err
    assert called.err.count("\n") == 1


def test_a_cluster_of_the_environment_must_answer(call: Call, config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("ray")
    monkeypatch.setenv("RAY_ADDRESS", "127.0.0.1:1")
    called = call("audit", config, "--ray", "auto")
    assert called.code == 2
    assert "no Ray cluster answers at 127.0.0.1:1" in called.err


@pytest.mark.parametrize("more", [(), ("--plan-only",)])
@pytest.mark.parametrize("defences", [[], [{"name": "confidence_masking", "top_k": 1}]])
def test_a_configuration_that_cannot_be_carried_out_joins_no_cluster(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, more: tuple[str, ...], defences: list[object]
) -> None:
    monkeypatch.setattr(runners, "joined", None)  # would fail if called
    large = {**SMALL, "split": {**CONFIG["split"], "members": 0.9, "nonmembers": 0.9}, "defences": defences}
    path = tmp_path / "large.yaml"
    path.write_text(yaml.safe_dump(large))
    called = call("audit", path, "--ray", "auto", *more)
    assert called.code == 2
    assert "the pool's shares sum to 1.9: expected at most 1, lower one of them" in called.err


def test_evidence_needs_no_cluster(call: Call, tmp_path: Path) -> None:
    called = call("audit", tmp_path / "some.csv", "--ray", "auto")
    assert called.code == 2
    assert "--ray is for training models" in called.err


def test_without_ray_the_message_says_how_to_get_it(call: Call, config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)  # as if it were not installed
    called = call("audit", config, "--ray", "auto")
    assert called.code == 2
    assert called.err == "miaudit: a Ray cluster needs Ray: pip install 'miaudit[ray]'\n"
