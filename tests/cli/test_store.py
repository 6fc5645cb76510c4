import json
import os
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

import shared_files  # noqa: F401  # registers shared://
from miaudit.store.local import LocalStore
from miaudit.store.reached import Reached
from miaudit.store.remote import RemoteStore
from miaudit.store.snapshots import JobSnapshots
from tiny import CONFIG, Audited, Call


@pytest.fixture
def store(tmp_path: Path) -> LocalStore:
    """Two entries, one of them long unused."""
    store = LocalStore(tmp_path / "store")
    for digit in "ab":
        store.put(digit * 32, {"x": np.zeros(1000)}, {"kind": "judged"})
    old = store.path("a" * 32)
    os.utime(old, (time.time() - 7200, time.time() - 7200))
    return store


def answer(call: Call, *words: object) -> Any:
    called = call("store", *words, "--json")
    assert called.code == 0, called.err
    return json.loads(called.out)


def config(folder: Path, **changes: object) -> Path:
    path = folder / "config.yaml"
    path.write_text(yaml.safe_dump({**CONFIG, **changes}))
    return path


def test_what_is_stored(call: Call, audited: Audited) -> None:
    content = answer(call, "list", "--store", audited.store.root)
    kinds = [entry["kind"] for entry in content["entries"]]
    counts = {kind: kinds.count(kind) for kind in sorted(set(kinds))}
    assert counts.keys() == {"data", "judged", "model", "outputs"}
    assert counts["model"] >= 7  # other tests use the store too
    assert content["bytes"] == sum(Path(entry["path"]).stat().st_size for entry in content["entries"])
    called = call("store", "list", "--store", audited.store.root)
    assert called.code == 0
    for kind, count in {**counts, "all": len(kinds)}.items():
        assert any(line.split()[:2] == [kind, str(count)] for line in called.out.splitlines()), kind
    shown = call("store", "list", "--kind", "model", "--store", audited.store.root).out
    models = [entry for entry in content["entries"] if entry["kind"] == "model"]
    assert all(entry["key"] in shown for entry in models)
    assert shown.count("Mlp, ") == counts["model"]


def test_what_was_begun(call: Call, store: LocalStore) -> None:
    about = {"recipe_fields": {"model.class": "Vgg16"}, "rows_count": 25_000}
    JobSnapshots(store, "c" * 32, about).write({"x": np.zeros(10)}, Reached(37, 100, 925_000, 5400.0))
    lines = call("store", "list", "--kind", "snapshot", "--store", store.root).out.splitlines()
    (shown,) = (line for line in lines if line.startswith("c" * 32))
    assert shown.rstrip().endswith("Vgg16, 25,000 rows, after epoch 37 of 100")
    told = answer(call, "explain", "cccc", "--store", store.root)
    assert (told["kind"], told["sound"], told["description"]["seconds"]) == ("snapshot", True, 5400.0)


def test_why_models_are_hits(call: Call, audited: Audited) -> None:
    called = call("store", "explain", audited.config, "--store", audited.store.root)
    assert called.code == 0, called.err
    assert "target, auxiliary 0 ... auxiliary 5 (7)" in called.out
    assert "7 of 7 models are in the store, 0 are not" in called.out


def test_why_models_are_misses(call: Call, audited: Audited, tmp_path: Path) -> None:
    changed = config(tmp_path, recipe={**CONFIG["recipe"], "epochs": 26})
    called = call("store", "explain", changed, "--store", audited.store.root)
    assert "recipe.epochs 25 -> 26" in called.out
    assert "0 of 7 models are in the store, 7 are not" in called.out
    stored = {entry["key"] for entry in answer(call, "list", "--store", audited.store.root)["entries"]}
    models = answer(call, "explain", changed, "--store", audited.store.root)["models"]
    assert [model["model"] for model in models[:2]] == ["target", "auxiliary 0"]
    for model in models:
        assert model["differences"] == [{"field": "recipe.epochs", "stored": "25", "asked": "26"}]
        assert model["nearest"] in stored


def test_models_that_a_larger_pool_lacks(call: Call, audited: Audited, tmp_path: Path) -> None:
    larger = config(tmp_path, split={**CONFIG["split"], "models": 8})
    called = call("store", "explain", larger, "--store", audited.store.root)
    assert "auxiliary 6, auxiliary 7" in called.out
    assert "other rows; another seed" in called.out
    assert "7 of 9 models" in called.out


def test_the_audits_of_several_defences(call: Call, audited: Audited, tmp_path: Path) -> None:
    several = config(tmp_path, defences=[{"name": "l2", "weight": 0.02}], attacker="knows")
    models = answer(call, "explain", several, "--store", audited.store.root)["models"]
    assert [model["state"] for model in models] == ["outputs"] * 7 + ["missing"] * 7
    assert [models[0]["model"], models[7]["model"]] == ["none: target", "l2-weight=0.02-knows: target"]
    for model in models[7:]:
        assert model["differences"] == [{"field": "recipe.weight_decay", "stored": "0.0", "asked": "0.02"}]


def test_nothing_is_stored(call: Call, tmp_path: Path) -> None:
    called = call("store", "explain", config(tmp_path), "--store", tmp_path)
    assert "no job is stored" in called.out
    assert "0 of 7 models" in called.out


def test_an_entry_in_full(call: Call, audited: Audited) -> None:
    entries = answer(call, "list", "--kind", "model", "--store", audited.store.root)["entries"]
    key = entries[0]["key"]
    called = call("store", "explain", key[:10], "--store", audited.store.root)
    assert called.code == 0, called.err
    assert f"model {key}" in called.out
    assert "recipe.model.hidden" in called.out
    assert answer(call, "explain", key, "--store", audited.store.root)["sound"]


def test_damaged_files_are_told_and_removed(call: Call, store: LocalStore) -> None:
    words = ("store", "verify", "--store", store.root)
    assert call(*words).code == 0
    path = store.path("b" * 32)
    path.write_bytes(path.read_bytes()[:-1])
    called = call(*words)
    assert called.code == 1
    assert called.out == f"damaged: {path}\n2 files read, 1 damaged\n"
    assert json.loads(call(*words, "--json").out)["damaged"][0]["path"] == str(path)
    assert path.exists()
    assert call(*words, "--remove").code == 1
    assert not path.exists()
    assert call(*words).out == "1 files read, 0 damaged\n"


def test_the_longest_unused_goes(call: Call, store: LocalStore) -> None:
    words = ("store", "gc", "--store", store.root, "--max-size", "0")
    assert call(*words, "--dry-run").out.startswith("would remove 1 judged (8.2 kB); 8.2 kB stay\n")
    assert store.has("a" * 32)
    called = call(*words)
    assert called.out.startswith("removed 1 judged (8.2 kB); 8.2 kB stay\n8.2 kB more than asked for stay: in use")
    assert [entry["key"] for entry in answer(call, "list", "--store", store.root)["entries"]] == ["b" * 32]
    again = answer(call, *words[1:])
    assert again["removed"] == []
    assert again["bytes_above"] == again["bytes_left"] == store.path("b" * 32).stat().st_size


def test_the_limit_may_come_from_the_environment(
    call: Call, store: LocalStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert call("store", "gc", "--store", store.root).out == "removed nothing (0 B); 16.4 kB stay\n"
    monkeypatch.setenv("MIAUDIT_STORE_SIZE", "10kB")
    assert call("store", "gc", "--store", store.root).out == "removed 1 judged (8.2 kB); 8.2 kB stay\n"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (
            ("list", "--store", "none"),
            "cannot read none: expected a store, the folder that --store or MIAUDIT_STORE names",
        ),
        (
            ("list", "--kind", "models"),
            "--kind: expected model, outputs, judged, snapshot, data, leftover, unreadable, got 'models'",
        ),
        (("gc", "--max-size", "five"), "expected a size such as 500MB or 5GB, got 'five'"),
        (("explain", "none.yaml"), "cannot read none.yaml"),
        (("explain", "cccc"), "expected the key of one entry, 'cccc' fits 0"),
        (("explain", "evidence.yaml"), "evidence.yaml trains no models: its evidence was collected already"),
    ],
)
def test_wrong_words(
    call: Call,
    store: LocalStore,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    words: tuple[str, ...],
    message: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MIAUDIT_STORE", str(store.root))
    (tmp_path / "evidence.yaml").write_text("evidence: some.csv\n")
    called = call("store", *words)
    assert called.code == 2
    assert called.err.startswith("miaudit: ")
    assert message in called.err


def test_a_key_that_fits_several(call: Call, store: LocalStore) -> None:
    store.put("a" * 31 + "b", {"x": np.zeros(1)}, {"kind": "judged"})
    called = call("store", "explain", "aaaa", "--store", store.root)
    assert called.code == 2
    assert f"'aaaa' fits 2: {'a' * 32}, {'a' * 31}b" in called.err


def test_a_store_behind_a_url_is_looked_after_but_not_collected(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MIAUDIT_STORE", str(tmp_path / "near"))
    url = f"shared://{tmp_path}/far"
    far = RemoteStore(tmp_path / "near", url)
    for digit in "ab":
        far.put(digit * 32, {"x": np.zeros(10)}, {"kind": "judged"})
    (tmp_path / "far" / "bb" / f"{'b' * 32}.safetensors").write_bytes(b"damaged")
    content = answer(call, "list", "--store", url)
    assert content["store"] == url
    assert {entry["kind"]: entry["path"] for entry in content["entries"]} == {
        "judged": f"{url}/aa/{'a' * 32}.safetensors",
        "unreadable": f"{url}/bb/{'b' * 32}.safetensors",
    }
    assert answer(call, "explain", "aaaa", "--store", url)["sound"]
    verified = call("store", "verify", "--remove", "--store", url)
    assert verified.code == 1
    assert "2 files read, 1 damaged" in verified.out
    assert [entry["key"] for entry in answer(call, "list", "--store", url)["entries"]] == ["a" * 32]
    refused = call("store", "gc", "--store", url)
    assert refused.code == 2
    assert "store gc: expected a folder, got shared://" in refused.err
