"""Files that change while they are read."""

import os
import pickle
from pathlib import Path

import numpy as np
import numpy.testing as npt
import pytest

from evidence_files import assert_same, full, saved
from miaudit.errors import UserError
from miaudit.evidence.io import tensors
from miaudit.evidence.io.file import open_evidence, read_evidence
from miaudit.evidence.io.source import FileTensor, OpenFile, Pinned

CUBE = np.random.default_rng(0).normal(size=(3, 4, 5, 2))


def later(path: Path) -> None:
    """As if it had been written to a second later."""
    facts = path.stat()
    os.utime(path, ns=(facts.st_atime_ns, facts.st_mtime_ns + 10**9))


def stored(tmp_path: Path) -> FileTensor:
    path = tmp_path / "cube"
    path.write_bytes(b"head" + CUBE.tobytes())
    return FileTensor(OpenFile(path), CUBE.dtype, CUBE.shape, 4, CUBE[0].nbytes)


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every file is too large to be read at once."""
    monkeypatch.setattr(tensors, "IN_MEMORY", 0)


def test_a_tensor_in_a_file_is_indexed_as_an_array(tmp_path: Path) -> None:
    tensor = stored(tmp_path)
    assert (tensor.shape, tensor.ndim, len(tensor)) == ((3, 4, 5, 2), 4, 3)
    for i in (0, 2, -1):
        npt.assert_array_equal(tensor[i], CUBE[i])
    npt.assert_array_equal(list(tensor), CUBE)
    for v in range(4):
        assert tensor[:, v].shape == (3, 5, 2)
        npt.assert_array_equal(list(tensor[:, v]), CUBE[:, v])
    with pytest.raises(IndexError):
        tensor[3]


def test_one_model_gets_an_axis(tmp_path: Path) -> None:
    tensor = stored(tmp_path)[None]
    assert tensor.shape == (1, 3, 4, 5, 2)
    npt.assert_array_equal(tensor[0], CUBE)
    npt.assert_array_equal(tensor[:, 1][0], CUBE[1])


@pytest.mark.usefixtures("large")
def test_large_files_are_the_same_evidence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = saved(tmp_path, full(np.random.default_rng(0)))
    lazy = open_evidence(path)
    assert lazy.pinned is not None
    again = pickle.loads(pickle.dumps(lazy.loaded.evidence))
    monkeypatch.undo()
    whole = open_evidence(path)
    assert whole.pinned is None
    assert whole.digest == lazy.digest
    assert_same(whole.loaded.evidence, lazy.loaded.evidence)
    assert_same(whole.loaded.evidence, again)


def test_a_small_file_may_change_once_it_is_read(tmp_path: Path) -> None:
    arrays = full(np.random.default_rng(0))
    path = saved(tmp_path, arrays)
    evidence = read_evidence(path).evidence
    path.write_bytes(b"")
    npt.assert_array_equal(evidence.audit.references("logits"), arrays["audit.references.logits"])


@pytest.mark.usefixtures("large")
@pytest.mark.parametrize("cut", [True, False])
def test_a_large_file_that_changes_is_told_and_no_bus_error(tmp_path: Path, cut: bool) -> None:
    path = saved(tmp_path, full(np.random.default_rng(0)))
    evidence = read_evidence(path).evidence
    packed = pickle.dumps(evidence)
    if cut:
        os.truncate(path, 100)
    else:
        with path.open("r+b") as file:
            file.write(b"x")
        later(path)
    for changed in (lambda: evidence.audit.references("logits"), lambda: pickle.loads(packed)):
        with pytest.raises(UserError, match=r"safetensors changed while it was read: run the audit again"):
            changed()


@pytest.mark.usefixtures("large")
def test_a_file_that_was_replaced_is_still_read(tmp_path: Path) -> None:
    arrays = full(np.random.default_rng(0))
    path = saved(tmp_path, arrays)
    evidence = read_evidence(path).evidence
    packed = pickle.dumps(evidence)
    (tmp_path / "other").write_bytes(b"other")
    (tmp_path / "other").replace(path)
    npt.assert_array_equal(evidence.audit.references("logits"), arrays["audit.references.logits"])
    with pytest.raises(UserError, match="changed while it was read"):  # another process would find the other one
        pickle.loads(packed)


def test_the_hash_finds_a_change_that_hides_its_time(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"before")
    source = OpenFile(path)
    pinned, facts = Pinned(source, source.digest()), path.stat()
    pinned.check_content()
    path.write_bytes(b"behind")
    os.utime(path, ns=(facts.st_atime_ns, facts.st_mtime_ns))
    source.check()
    with pytest.raises(UserError, match="changed while it was read"):
        pinned.check_content()
    later(path)
    with pytest.raises(UserError, match="changed while it was read"):
        source.check()


@pytest.mark.parametrize("now", ["another", "none"])
def test_another_file_under_the_path_is_told(tmp_path: Path, now: str) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"before")
    source = OpenFile(path)
    source.check_place()
    path.unlink()
    if now == "another":
        path.write_bytes(b"before")
        later(path)
    source.check()
    with pytest.raises(UserError, match="changed while it was read"):
        source.check_place()
