"""Purchase100 and Texas100 from the layouts of their archives, and Location30's as it is downloaded."""

import hashlib
import tarfile
from pathlib import Path

import numpy as np
import pytest

from miaudit.arrays import Ints
from miaudit.datasets import location30
from miaudit.datasets._download import Original
from miaudit.datasets.location30 import Location30
from miaudit.datasets.purchase100 import Purchase100
from miaudit.datasets.texas100 import Texas100
from miaudit.errors import UserError


@pytest.fixture(autouse=True)
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MIAUDIT_DATA", str(tmp_path))
    return tmp_path


def bits(n: int, features: int) -> Ints:
    return np.random.default_rng(0).integers(2, size=(n, features))


def write(path: Path, rows: Ints) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savetxt(path, rows, fmt="%d", delimiter=",")


@pytest.mark.parametrize("inside", ["purchase100", "purchase100/dataset_purchase_archive"])
def test_purchase100(root: Path, inside: str) -> None:
    labels = np.array([1, 100, 7, 7])
    rows = bits(4, 600)
    write(root / inside / "dataset_purchase", np.column_stack([labels, rows]))
    data = Purchase100().load()
    np.testing.assert_array_equal(data.x, rows)
    assert data.x.dtype == np.float32
    assert data.y.tolist() == [0, 99, 6, 6]
    assert data.classes == 100


@pytest.mark.parametrize("inside", ["texas100", "texas100/texas", "texas100/dataset_texas"])
def test_texas100(root: Path, inside: str) -> None:
    rows = bits(3, 6169)
    write(root / inside / "100" / "feats", rows)
    write(root / inside / "100" / "labels", np.array([100, 1, 50]))
    data = Texas100().load()
    np.testing.assert_array_equal(data.x, rows)
    assert data.x.dtype == np.float32
    assert data.y.tolist() == [99, 0, 49]
    assert data.classes == 100


def test_texas100_needs_a_label_for_each_record(root: Path) -> None:
    write(root / "texas100" / "100" / "feats", bits(3, 6169))
    write(root / "texas100" / "100" / "labels", np.array([100, 1]))
    with pytest.raises(UserError, match="expected a label for each record, got 3 records and 2 labels"):
        Texas100().load()


def test_labels_of_another_file(root: Path) -> None:
    write(root / "purchase100" / "dataset_purchase", np.column_stack([[0, 99], bits(2, 600)]))
    with pytest.raises(UserError, match="dataset_purchase: expected labels from 1 to 100, got 0 to 99"):
        Purchase100().load()


def test_what_to_get_and_where_to_put_it(root: Path) -> None:
    with pytest.raises(UserError, match=r"unpack dataset_purchase.tgz of .*; put dataset_purchase into .*purchase100"):
        Purchase100().load()
    (root / "texas100" / "100").mkdir(parents=True)
    (root / "texas100" / "100" / "feats").touch()
    with pytest.raises(UserError, match=r"put 100/feats and 100/labels into .*texas100, or set MIAUDIT_DATA"):
        Texas100().load()


def test_location30_from_its_archive(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    labels, rows = np.array([30, 1, 12]), bits(3, 446)
    write(root / "made" / "bangkok", np.column_stack([labels, rows]))
    archive = root / "made" / "dataset_location.tgz"
    with tarfile.open(archive, "w:gz") as tar:
        tar.add(root / "made" / "bangkok", "bangkok")
    first_digits = hashlib.sha256(archive.read_bytes()).hexdigest()[:12]
    monkeypatch.setattr(location30, "ARCHIVE", Original(archive.as_uri(), first_digits))
    monkeypatch.setenv("MIAUDIT_OFFLINE", "0")
    data = Location30().load()
    np.testing.assert_array_equal(data.x, rows)
    assert data.y.tolist() == [29, 0, 11]
    assert [path.name for path in (root / "location").iterdir()] == ["all.parquet"]
    monkeypatch.setenv("MIAUDIT_OFFLINE", "1")
    assert Location30().load().fingerprint == data.fingerprint  # now from the folder
