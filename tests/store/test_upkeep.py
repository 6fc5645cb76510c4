import os
import time
from pathlib import Path

import numpy as np
import pytest

from miaudit.errors import UserError
from miaudit.store.lease import at_work
from miaudit.store.local import LocalStore
from miaudit.store.reached import Reached
from miaudit.store.snapshots import JobSnapshots
from miaudit.store.upkeep import collect, damaged, in_use, parse_size, shared_with, size_limit

NOW = time.time()
DATA, OTHER_DATA = "1" * 32, "2" * 32
HOUR = 3600.0


def key(digit: str) -> str:
    return digit * 32


def aged(path: Path, hours: float) -> Path:
    os.utime(path, (NOW - hours * HOUR, NOW - hours * HOUR))
    return path


@pytest.fixture
def store(tmp_path: Path) -> LocalStore:
    """Models a (oldest) to d (youngest), the judgement e, a shared array of theirs and one of nobody's, a leftover."""
    store = LocalStore(tmp_path)
    for hours, name in zip((9, 7, 5, 3), "abcd", strict=True):
        store.put(key(name), {"x": np.full(1000, hours, dtype=float)}, {"kind": "model", "data": DATA})
        aged(store.path(key(name)), hours)
    store.put(key("e"), {"x": np.zeros(3)}, {"kind": "judged"})
    aged(store.path(key("e")), 8)
    for data in (DATA, OTHER_DATA):
        aged(store.array_file(f"{data}-x", np.zeros(1000)), 6)
    aged(store.array_file("mnist-0123", np.zeros(1000)), 10)
    part = tmp_path / "aa" / "file.safetensors.0123.part"
    part.write_bytes(b"half")
    aged(part, 2)
    return store


def left(store: LocalStore) -> list[str]:
    return sorted(entry.key for entry in store.entries())


def test_entries_with_kind_size_and_use(store: LocalStore) -> None:
    found = store.entries()
    assert [entry.used for entry in found] == sorted(entry.used for entry in found)
    assert [entry.kind for entry in found] == [
        "data", "model", "judged", "model", "data", "data", "model", "model", "leftover"
    ]  # fmt: skip
    assert [entry.bytes for entry in found] == [(store.root / entry.name).stat().st_size for entry in found]
    assert found[1].description == {"kind": "model", "data": DATA}
    assert found[1].key == key("a")


def test_damaged_entries_are_found_and_nothing_else(store: LocalStore) -> None:
    assert list(damaged(store, store.entries())) == []
    paths = [store.path(key("b")), store.path(key("e")), store.root / "data" / f"{DATA}-x.npy"]
    content = bytearray(paths[0].read_bytes())
    content[-3] ^= 1
    paths[0].write_bytes(content)
    paths[1].write_bytes(b"")
    paths[2].write_bytes(paths[2].read_bytes()[:-1])
    broken = list(damaged(store, store.entries()))
    assert {store.root / entry.name for entry in broken} == set(paths)
    assert {entry.kind for entry in broken} == {"model", "unreadable", "data"}
    store.remove(broken)
    assert list(damaged(store, store.entries())) == []
    assert len(store.entries()) == 6


def test_what_nobody_needs_goes(store: LocalStore) -> None:
    found = collect(store, now=NOW)
    assert {Path(entry.name).name for entry in found.removed} == {f"{OTHER_DATA}-x.npy", "file.safetensors.0123.part"}
    assert not any((store.root / entry.name).exists() for entry in found.removed)
    assert found.left == sum(entry.bytes for entry in store.entries())
    assert collect(store, now=NOW).removed == ()


def test_a_leftover_may_still_be_written_to(store: LocalStore) -> None:
    (part,) = store.root.rglob("*.part")
    aged(part, 0.9)
    collect(store, limit=0, now=NOW)
    assert part.exists()


def test_entries_that_cannot_be_read_go(store: LocalStore) -> None:
    aged(store.path(key("d")), 0).write_bytes(b"")
    assert key("d") not in {entry.key for entry in collect(store, now=NOW).removed}
    aged(store.path(key("d")), 1)
    assert key("d") in {entry.key for entry in collect(store, now=NOW).removed}


def test_snapshots_go_once_their_model_is_stored_or_they_are_forgotten(store: LocalStore) -> None:
    stored, waiting, forgotten = (JobSnapshots(store, key(digit)) for digit in "axy")
    for snapshots, hours in ((stored, 1), (waiting, 24 * 29), (forgotten, 24 * 31)):
        snapshots.write({"x": np.zeros(3)}, Reached(1, 2, 3, 4.0))
        aged(snapshots.path, hours)
    removed = {entry.name for entry in collect(store, now=NOW).removed if entry.kind == "snapshot"}
    assert removed == {f"snapshots/{key('a')}.safetensors", f"snapshots/{key('y')}.safetensors"}
    assert waiting.path.is_file()


def test_the_longest_unused_go_first_until_the_rest_fits(store: LocalStore) -> None:
    collect(store, now=NOW)
    everything = sum(entry.bytes for entry in store.entries())
    assert collect(store, everything, now=NOW).removed == ()
    found = collect(store, everything - 1, now=NOW)
    assert [entry.key for entry in found.removed] == ["mnist-0123"]
    assert found.left == sum(entry.bytes for entry in store.entries()) <= everything - 1
    oldest = store.path(key("a")).stat().st_size
    found = collect(store, found.left - oldest - 1, now=NOW)
    assert [entry.key for entry in found.removed] == [key("a"), key("e")]
    assert found.above == 0


def test_use_keeps_an_entry(store: LocalStore) -> None:
    assert store.get(key("a")) is not None
    found = collect(store, limit=0)
    assert left(store) == [key("a")]
    assert found.above == found.left == store.path(key("a")).stat().st_size


def test_what_a_process_at_work_may_have_used_stays(store: LocalStore) -> None:
    with at_work(store.root):
        (lock,) = (store.root / "running").iterdir()
        lock.rename(lock.with_name(f"{NOW - 6.5 * HOUR:.0f}-{lock.name.partition('-')[2]}"))
        collect(store, limit=0, now=NOW)
    assert set(left(store)) == {key("c"), key("d"), f"{DATA}-x", f"{OTHER_DATA}-x"}
    collect(store, limit=0, now=NOW)
    assert left(store) == []


def test_a_dry_run_removes_nothing(store: LocalStore) -> None:
    before = left(store)
    found = collect(store, limit=0, dry_run=True, now=NOW)
    assert len(found.removed) == len(before)
    assert found.left == 0
    assert left(store) == before


def test_an_empty_store(tmp_path: Path) -> None:
    assert LocalStore(tmp_path / "none").entries() == []
    assert collect(LocalStore(tmp_path / "none"), limit=0).removed == ()


@pytest.mark.parametrize(
    ("text", "size"),
    [("0", 0), ("12", 12), ("5GB", 5 * 10**9), ("1.5 kb", 1500), (" 2T", 2 * 10**12), ("7mb", 7_000_000)],
)
def test_sizes(text: str, size: int) -> None:
    assert parse_size(text) == size


@pytest.mark.parametrize("text", ["", "GB", "-1GB", "1 XB", "1e9", "five"])
def test_what_is_no_size(text: str) -> None:
    with pytest.raises(UserError, match="expected a size such as 500MB or 5GB"):
        parse_size(text)


def test_the_environment_may_limit_the_store(store: LocalStore, monkeypatch: pytest.MonkeyPatch) -> None:
    assert size_limit() is None
    monkeypatch.setenv("MIAUDIT_STORE_SIZE", "1MB")
    assert size_limit() == 10**6
    with in_use(store):
        assert list((store.root / "running").iterdir())
    assert store.has(key("a"))
    monkeypatch.setenv("MIAUDIT_STORE_SIZE", "20KB")
    with in_use(store):
        assert store.has(key("a"))
    assert not store.has(key("a"))
    assert store.has(key("d"))
    monkeypatch.setenv("MIAUDIT_STORE_SIZE", "some")
    with pytest.raises(UserError, match="expected a size"), in_use(store):
        raise AssertionError("begun")


def test_what_cannot_be_removed_costs_nobody_his_work(store: LocalStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MIAUDIT_STORE_SIZE", "0")

    def refuse(path: Path, missing_ok: bool = False) -> None:
        if path.suffix != ".lock":
            raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "unlink", refuse)
    told = pytest.warns(UserWarning, match=r"not brought down to MIAUDIT_STORE_SIZE: cannot remove .*Permission denied")
    with told, in_use(store):
        pass


def test_another_users_folders_are_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = LocalStore(tmp_path)
    with in_use(store):
        assert shared_with(store) is None
    monkeypatch.setattr("miaudit.store.upkeep.other_owners", lambda _: [1001, 1002])
    with pytest.warns(UserWarning, match="holds folders of users 1001, 1002: whoever writes there"), in_use(store):
        pass


def test_verify_reads_arrays_to_the_end(tmp_path: Path) -> None:
    store = LocalStore(tmp_path)
    path = store.array_file("x", np.arange(100.0))
    assert list(damaged(store, store.entries())) == []
    content = bytearray(path.read_bytes())
    content[300] ^= 1
    path.write_bytes(content)
    assert [entry.key for entry in damaged(store, store.entries())] == ["x"]
