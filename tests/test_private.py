"""What lies in the store is not for everybody's eyes."""

import os
import stat
from pathlib import Path

import numpy as np
import pytest

from miaudit import private, store_root
from miaudit.datasets._cache import kept
from miaudit.private import closed_folder, other_owners, private_folder
from miaudit.store.lease import at_work
from miaudit.store.local import LocalStore
from miaudit.store.reached import Reached
from miaudit.store.snapshots import JobSnapshots
from miaudit.store_root import data_folder

pytestmark = pytest.mark.skipif(not hasattr(os, "getuid"), reason="files have no owners here")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture(autouse=True)
def permissive_umask() -> object:
    before = os.umask(0)
    yield
    os.umask(before)


def test_copies_of_records_are_their_owners_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = tmp_path / "deep" / "store"
    monkeypatch.setenv("MIAUDIT_STORE", str(root))
    array = LocalStore(root).array_file("x", np.zeros(3))
    image = Path(str(kept("images", (2, 3), [np.zeros((2, 3), np.uint8)]).filename))  # type: ignore[attr-defined]
    assert [mode(path) for path in (array, image)] == [0o600, 0o600]
    assert [mode(path) for path in (array.parent, root)] == [0o700, 0o700]
    assert mode(root.parent) == 0o777  # not ours


@pytest.mark.parametrize("first", ["put", "lease", "image"])
def test_a_new_store_is_its_owners_whoever_makes_it(
    tmp_path: Path, first: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "store"
    monkeypatch.setenv("MIAUDIT_STORE", str(root))
    if first == "put":
        LocalStore(root).put("ab" + "0" * 30, {"x": np.zeros(1)}, {})
    elif first == "lease":
        with at_work(root):
            pass
    else:
        kept("images", (1,), [np.zeros(1, np.uint8)])
    assert mode(root) == 0o700


def test_a_folder_that_is_shared_stays_so_but_for_records(tmp_path: Path) -> None:
    for name in ("shared", "data"):
        (tmp_path / name).mkdir(mode=0o777)
    private_folder(tmp_path / "shared")
    closed_folder(tmp_path / "data")
    assert (mode(tmp_path / "shared"), mode(tmp_path / "data")) == (0o777, 0o700)


def test_folders_in_a_store_have_its_rights(tmp_path: Path) -> None:
    os.umask(0o022)
    for rights in (0o700, 0o770, 0o777):
        store = LocalStore(tmp_path / f"{rights:o}")
        store.root.mkdir()
        store.root.chmod(rights)
        store.put("ab" * 16, {"x": np.zeros(1)}, {"kind": "model"})
        JobSnapshots(store, "ab" * 16).write({"x": np.zeros(1)}, Reached(1, 2, 3, 4.0))
        with at_work(store.root):
            made = [path for path in store.root.iterdir() if path.is_dir()]
            assert {path.name: mode(path) for path in made} == dict.fromkeys(("ab", "running", "snapshots"), rights)


def test_another_users_records_are_left_to_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "data").mkdir()
    assert data_folder(tmp_path) == tmp_path / "data"
    monkeypatch.setattr(store_root, "user", lambda: 4321)
    assert data_folder(tmp_path) == tmp_path / "data-4321"


def test_other_owners_are_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "ab").mkdir()
    assert other_owners(tmp_path) == other_owners(tmp_path / "none") == []
    monkeypatch.setattr(private, "ROOT", -1)
    monkeypatch.setattr(private, "user", lambda: 4321)
    assert other_owners(tmp_path) == [os.getuid()]
