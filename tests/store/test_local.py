import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.testing as npt
import pytest

from miaudit.arrays import Tensors
from miaudit.errors import UserError
from miaudit.store.entry import digest, read_description
from miaudit.store.local import LocalStore

TENSORS = {"weight": np.arange(6, dtype=np.float32).reshape(2, 3), "bias": np.array([1.5])}
KEY = "ab" + "0" * 30


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def test_what_is_put_comes_back(tmp_path: Path) -> None:
    store = LocalStore(tmp_path)
    assert not store.has(KEY)
    assert store.get(KEY) is None
    store.put(KEY, TENSORS, {"kind": "test"})
    assert store.has(KEY)
    back = store.get(KEY)
    assert back is not None
    assert back.keys() == TENSORS.keys()
    for name, array in TENSORS.items():
        npt.assert_array_equal(back[name], array)
        assert back[name].dtype == array.dtype


def test_an_array_in_another_memory_order_comes_back(tmp_path: Path) -> None:
    store = LocalStore(tmp_path)
    turned = np.arange(24.0).reshape(2, 3, 4).transpose(2, 0, 1)
    store.put(KEY, {"x": turned}, {})
    back = store.get(KEY)
    assert back is not None
    npt.assert_array_equal(back["x"], turned)


def test_numbers_that_the_format_lacks_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"a store cannot hold these tensors: .*complex128"):
        LocalStore(tmp_path).put(KEY, {"x": np.zeros(2, np.complex128)}, {})
    assert files(tmp_path) == []


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit, OSError(28, "No space left on device")])
def test_a_crash_before_the_rename_leaves_no_entry(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    store = LocalStore(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", _raiser(error))
        with pytest.raises((KeyboardInterrupt, SystemExit, UserError)):
            store.put(KEY, TENSORS, {})
    assert not store.has(KEY)
    assert files(tmp_path) == []
    store.put(KEY, TENSORS, {})
    assert store.get(KEY) is not None


def _raiser(error: BaseException) -> object:
    def replace(*_: object) -> None:
        raise error

    return replace


def _truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-3])


def _flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(bytes(content))


def _empty(path: Path) -> None:
    path.write_bytes(b"")


@pytest.mark.parametrize("damage", [_truncate, _flip, _empty])
def test_a_damaged_entry_counts_as_missing(tmp_path: Path, damage: Callable[[Path], None]) -> None:
    store = LocalStore(tmp_path)
    store.put(KEY, TENSORS, {})
    damage(store.path(KEY))
    with pytest.warns(UserWarning, match="damaged and will be made again"):
        assert store.get(KEY) is None
    assert not store.has(KEY)


def test_what_cannot_be_opened_is_not_taken_for_damaged(tmp_path: Path) -> None:
    resource = pytest.importorskip("resource")
    store = LocalStore(tmp_path)
    store.put(KEY, TENSORS, {})
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (1, before[1]))
    try:
        with pytest.raises(UserError, match=r"cannot read .*: Too many open files"):
            store.get(KEY)
        with pytest.raises(UserError, match=r"cannot read .*: Too many open files"):
            read_description(store.path(KEY))
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
    assert store.get(KEY) is not None


def test_a_folder_that_cannot_be_written_is_the_users_to_mend(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UserError, match=r"cannot write .*another folder"):
        LocalStore(tmp_path / "file").put(KEY, TENSORS, {})
    with pytest.raises(UserError, match="cannot write"):
        LocalStore(tmp_path / "file").array_file("x", np.zeros(3))


def test_a_disk_that_is_full_is_told(tmp_path: Path) -> None:
    resource = pytest.importorskip("resource")
    store, array = LocalStore(tmp_path), np.arange(20_000.0)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, before[1]))  # as if there were no room for more
    try:
        with pytest.raises(UserError, match=r"cannot write .*: File too large; free some space"):
            store.put(KEY, {"x": array}, {})
        with pytest.raises(UserError, match=r"cannot write .*: File too large; free some space"):
            store.array_file("x", array)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert files(tmp_path) == []
    store.put(KEY, {"x": array}, {})
    assert store.get(KEY) is not None


def test_arrays_are_written_once(tmp_path: Path) -> None:
    store = LocalStore(tmp_path)
    path = store.array_file("x", np.arange(3.0))
    npt.assert_array_equal(np.load(path, mmap_mode="c"), [0.0, 1.0, 2.0])
    written = path.stat().st_mtime_ns
    assert store.array_file("x", np.arange(3.0)).stat().st_mtime_ns == written


def _halve(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _flip_the_middle(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(bytes(content))


@pytest.mark.parametrize("damage", [_halve, _flip_the_middle, _empty])
def test_a_damaged_array_is_written_again(tmp_path: Path, damage: Callable[[Path], None]) -> None:
    store, array = LocalStore(tmp_path), np.arange(2500.0).reshape(1250, 2)
    damage(store.array_file("x", array))
    with pytest.warns(UserWarning, match="damaged and will be made again"):
        path = store.array_file("x", array)
    npt.assert_array_equal(np.load(path), array)


def test_an_entry_says_what_it_is(tmp_path: Path) -> None:
    store = LocalStore(tmp_path)
    store.put(KEY, TENSORS, {"kind": "test", "epochs": 3})
    assert read_description(store.path(KEY)) == {"kind": "test", "epochs": 3}
    _empty(store.path(KEY))
    assert read_description(store.path(KEY)) is None


def test_reading_counts_as_use(tmp_path: Path) -> None:
    store, long_ago = LocalStore(tmp_path), time.time() - 10_000
    store.put(KEY, TENSORS, {})
    array = store.array_file("x", np.arange(3.0))
    for path in (store.path(KEY), array):
        os.utime(path, (long_ago, long_ago))
    store.get(KEY)
    store.array_file("x", np.arange(3.0))
    for path in (store.path(KEY), array):
        assert path.stat().st_mtime > long_ago + 5_000


def test_the_digest_knows_names_types_and_shapes() -> None:
    variants: list[Tensors] = [
        {"a": np.zeros(4, np.float32)},
        {"b": np.zeros(4, np.float32)},
        {"a": np.zeros(4, np.int32)},
        {"a": np.zeros((2, 2), np.float32)},
        {"a": np.array([0, 0, 0, 1], np.float32)},
    ]
    assert len({digest(variant) for variant in variants}) == len(variants)


@pytest.mark.skipif(sys.platform == "win32", reason="files have no such rights")
def test_entries_have_the_usual_rights(tmp_path: Path) -> None:
    """In a folder that its owner shares, others may read them."""
    store, plain = LocalStore(tmp_path), tmp_path / "plain"
    plain.touch()
    store.put(KEY, {"x": np.zeros(1)}, {})
    assert store.path(KEY).stat().st_mode == plain.stat().st_mode
