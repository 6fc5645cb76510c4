"""Arrays whose files tell when they are damaged."""

import io
from pathlib import Path

import numpy as np
import numpy.testing as npt
import pytest

from miaudit.array_file import HASH, is_hashed, is_whole, mapped, write_array

ARRAY = np.random.default_rng(0).integers(255, size=(7, 3, 2), dtype=np.uint8)


def written(path: Path) -> Path:
    buffer = io.BytesIO()
    write_array(buffer, ARRAY.dtype, ARRAY.shape, [ARRAY[:4], ARRAY[4:]])
    path.write_bytes(buffer.getvalue())
    return path


def test_numpy_reads_what_is_written(tmp_path: Path) -> None:
    path = written(tmp_path / "a.npy")
    npt.assert_array_equal(np.load(path), ARRAY)
    found = mapped(path)
    assert found is not None
    npt.assert_array_equal(found, ARRAY)
    assert is_hashed(path)
    assert is_whole(path)


@pytest.mark.parametrize("place", ["first", "header", "array", "hash", "last"])
def test_every_changed_byte_is_found(tmp_path: Path, place: str) -> None:
    path = written(tmp_path / "a.npy")
    content = bytearray(path.read_bytes())
    at = {"first": 0, "header": 20, "array": len(content) - HASH - 5, "hash": len(content) - HASH, "last": -1}[place]
    content[at] ^= 1
    path.write_bytes(content)
    assert not is_whole(path)


@pytest.mark.parametrize("change", [-1, 1])
def test_another_length_is_found(tmp_path: Path, change: int) -> None:
    path = written(tmp_path / "a.npy")
    content = path.read_bytes()
    path.write_bytes(content[:change] if change < 0 else content + b"x")
    assert not is_whole(path)


def test_older_files_have_no_hash(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", ARRAY)
    assert not is_hashed(tmp_path / "a.npy")
    assert not is_whole(tmp_path / "a.npy")
    assert not is_hashed(tmp_path / "none.npy")
    assert mapped(tmp_path / "none.npy") is None
