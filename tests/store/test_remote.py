import pickle
import time
import traceback
from pathlib import Path
from typing import Any

import numpy as np
import numpy.testing as npt
import pytest
from fsspec import get_filesystem_class

import shared_files
from miaudit.errors import UserError
from miaudit.files import write_atomically
from miaudit.running.local import run_local
from miaudit.store.entry import decoded, encoded
from miaudit.store.local import LocalStore
from miaudit.store.places import open_store
from miaudit.store.remote import RemoteStore
from miaudit.store.upkeep import damaged
from tiny import blobs, recipe, works

TENSORS = {"weight": np.arange(6, dtype=np.float32).reshape(2, 3), "bias": np.array([1.5])}
KEY = "ab" + "0" * 30
NAME = f"{KEY[:2]}/{KEY}.safetensors"


@pytest.fixture(params=["memory", "shared"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> RemoteStore:
    assert shared_files.SharedFiles.protocol == "shared"
    return RemoteStore(tmp_path / "near", f"{request.param}://{tmp_path}/far")


def far(store: RemoteStore) -> tuple[Any, str]:
    """The file system, and where the entry lies in it."""
    files, folder = store.connect()
    return files, f"{folder}/{NAME}"


def far_names(store: RemoteStore) -> list[str]:
    files, folder = store.connect()
    return sorted(name.rpartition("/")[2] for name in files.find(folder))


def test_what_is_put_comes_back(store: RemoteStore) -> None:
    assert not store.has(KEY)
    assert store.get(KEY) is None
    store.put(KEY, TENSORS, {"kind": "test"})
    assert store.has(KEY)
    assert far_names(store) == [f"{KEY}.safetensors"]
    elsewhere = RemoteStore(store.root.with_name("other"), store.url)
    for reader in (store, elsewhere, elsewhere):  # the last one has a copy
        back = reader.get(KEY)
        assert back is not None
        assert back.keys() == TENSORS.keys()
        for name, array in TENSORS.items():
            npt.assert_array_equal(back[name], array)
            assert back[name].dtype == array.dtype


def test_an_entry_says_what_it_is(store: RemoteStore) -> None:
    assert store.description(KEY) is None
    store.put(KEY, TENSORS, {"kind": "test", "seconds": 1.5})
    assert store.description(KEY) == {"kind": "test", "seconds": 1.5}
    files, name = far(store)
    files.pipe_file(name, b"no tensors")
    assert store.description(KEY) is None


def test_the_file_is_that_of_a_local_store(store: RemoteStore, tmp_path: Path) -> None:
    store.put(KEY, TENSORS, {"kind": "test"})
    files, name = far(store)
    local = LocalStore(tmp_path / "local")
    write_atomically(local.path(KEY), files.cat_file(name))
    assert local.has(KEY)
    assert local.get(KEY) is not None


def test_what_was_read_is_not_fetched_again(store: RemoteStore, monkeypatch: pytest.MonkeyPatch) -> None:
    store.put(KEY, TENSORS, {})
    assert store.get(KEY) is not None
    files, _ = store.connect()
    monkeypatch.setattr(type(files), "cat_file", None)  # would fail if called
    assert store.get(KEY) is not None


def test_what_was_removed_is_gone_in_spite_of_copies(store: RemoteStore) -> None:
    store.put(KEY, TENSORS, {})
    assert store.get(KEY) is not None
    files, name = far(store)
    files.rm_file(name)
    assert not store.has(KEY)
    assert store.get(KEY) is None


@pytest.mark.parametrize("part", [slice(0, -3), slice(0, 5), slice(0, 0)])
def test_a_damaged_entry_counts_as_missing(store: RemoteStore, part: slice) -> None:
    store.put(KEY, TENSORS, {})
    files, name = far(store)
    files.pipe_file(name, files.cat_file(name)[part])
    with pytest.warns(UserWarning, match="damaged and will be made again"):
        assert store.get(KEY) is None
    assert not store.has(KEY)


def test_every_flipped_byte_of_a_tensor_is_seen() -> None:
    content = encoded(TENSORS, {})
    assert decoded(content) is not None
    for place in range(len(content) - 32, len(content)):
        changed = bytearray(content)
        changed[place] ^= 1
        assert decoded(bytes(changed)) is None


def test_an_entry_under_its_own_name_is_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = RemoteStore(tmp_path / "near", f"shared://{tmp_path}/far")
    moved = []
    shared = get_filesystem_class("shared")
    original = shared.mv

    def mv(self: Any, part: str, name: str) -> None:
        moved.append(decoded(Path(part).read_bytes()))
        assert not Path(name).exists()
        original(self, part, name)

    monkeypatch.setattr(shared, "mv", mv)
    store.put(KEY, TENSORS, {})
    assert [found is not None and found.keys() for found in moved] == [TENSORS.keys()]


@pytest.mark.parametrize("faster", [True, False])
def test_a_move_that_fails_leaves_nothing_unless_another_was_faster(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, faster: bool
) -> None:
    store = RemoteStore(tmp_path / "near", f"shared://{tmp_path}/far")
    content = encoded(TENSORS, {})

    def mv(_: Any, __: str, name: str) -> None:
        if faster:
            Path(name).write_bytes(content)
        raise FileExistsError(name)

    monkeypatch.setattr(get_filesystem_class("shared"), "mv", mv)
    if faster:
        store.put(KEY, TENSORS, {})
    else:
        with pytest.raises(UserError, match=r"the store shared://.* cannot be used: FileExistsError"):
            store.put(KEY, TENSORS, {})
    assert far_names(store) == ([f"{KEY}.safetensors"] if faster else [])


def test_a_copy_that_cannot_be_written_does_no_harm(tmp_path: Path) -> None:
    (tmp_path / "near").touch()
    store = RemoteStore(tmp_path / "near", f"memory://{tmp_path}/far")
    store.put(KEY, TENSORS, {})
    assert store.get(KEY) is not None


def test_a_driver_that_fails_is_the_users_to_mend(store: RemoteStore, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise ConnectionResetError("no route")

    monkeypatch.setattr(type(store.connect()[0]), "info", refuse)
    with pytest.raises(UserError, match="cannot be used: ConnectionResetError: no route"):
        store.has(KEY)


def test_folders_and_urls_are_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MIAUDIT_STORE", str(tmp_path / "usual"))
    assert open_store() == LocalStore(tmp_path / "usual")
    assert open_store(tmp_path) == LocalStore(tmp_path)
    assert open_store(f"file://{tmp_path}") == LocalStore(tmp_path)
    assert open_store("shared://x/y") == RemoteStore(tmp_path / "usual", "shared://x/y")


def test_what_cannot_be_opened(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="one process's memory"):
        open_store("memory://x")
    with pytest.raises(UserError, match="cannot open a store at gopher://x: Protocol not known: gopher"):
        open_store("gopher://x")


def test_elsewhere_the_same_store_is_opened(
    store: RemoteStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert LocalStore(Path("here")).location == str(tmp_path / "here")
    assert store.location == store.url
    assert pickle.loads(pickle.dumps(store)) == store


def test_models_are_trained_into_a_store_behind_a_url(tmp_path: Path) -> None:
    data, local = blobs(), LocalStore(tmp_path / "local")
    all_works = works(data, recipe(model=shared_files.Linear()), 2)  # tells the worker of the scheme
    store = RemoteStore(tmp_path / "near", f"shared://{tmp_path}/far")
    for each in (local, store):
        assert run_local(all_works, data, each, 1)[:2] == (2, 0)
    assert run_local(all_works, data, store, 1)[:2] == (0, 2)
    for work in all_works:
        here, there = local.get(work.job.key), store.get(work.job.key)
        assert here is not None
        assert there is not None
        for name, value in here.items():
            npt.assert_array_equal(there[name], value)


def test_passwords_are_told_nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = RemoteStore(tmp_path / "near", f"shared://ann:s3cret@{tmp_path}/far")
    assert "s3cret" not in repr(store)

    class Driver:
        def info(self, name: str) -> None:
            raise PermissionError(f"login with s3cret at {store.url} refused")

    monkeypatch.setattr(RemoteStore, "connect", lambda _: (Driver(), "far"))
    with pytest.raises(UserError) as caught:
        store.has(KEY)
    shown = "".join(traceback.format_exception(caught.value))
    assert "PermissionError: login with *** at shared://ann:***@" in shown
    assert "s3cret" not in shown


def test_a_damaged_copy_does_not_cost_the_entry_behind_the_url(store: RemoteStore) -> None:
    store.put(KEY, TENSORS, {})
    assert store.get(KEY) is not None
    store.near.path(KEY).write_bytes(b"damaged")
    with pytest.warns(UserWarning, match="damaged"):
        assert store.get(KEY) is not None
    assert far_names(store) == [f"{KEY}.safetensors"]
    with pytest.warns(UserWarning, match="damaged"):
        store.discard(KEY)
    assert far_names(store) == []
    assert not store.near.path(KEY).exists()


def test_the_files_behind_a_url_are_listed_verified_and_removed(store: RemoteStore) -> None:
    assert store.entries() == []
    other = "b" * 32
    store.put(KEY, TENSORS, {"kind": "model", "data": "d"})
    store.put(other, TENSORS, {"kind": "judged"})
    files, folder = store.connect()
    files.pipe_file(f"{folder}/{other[:2]}/{other}.safetensors", b"damaged")
    files.pipe_file(f"{folder}/{other[:2]}/x.safetensors.01.part", b"half")
    found = {entry.name: entry for entry in store.entries()}
    assert {name: entry.kind for name, entry in found.items()} == {
        f"{KEY[:2]}/{KEY}.safetensors": "model",
        f"bb/{other}.safetensors": "unreadable",
        "bb/x.safetensors.01.part": "leftover",
    }
    model = found[f"{KEY[:2]}/{KEY}.safetensors"]
    assert model.description == {"kind": "model", "data": "d"}
    assert model.bytes == len(encoded(TENSORS, {"kind": "model", "data": "d"}))
    assert model.key == KEY
    assert abs(model.used - time.time()) < 600
    broken = list(damaged(store, store.entries()))
    assert [entry.key for entry in broken] == [other]
    store.remove(broken)
    store.remove(broken)  # gone already
    assert {entry.kind for entry in store.entries()} == {"model", "leftover"}
    with pytest.raises(FileNotFoundError):
        store.is_sound(broken[0])
