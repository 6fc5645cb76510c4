import hashlib
import os
import tarfile
from pathlib import Path

import numpy as np
import pytest

from dataset_files import draw, png
from miaudit.datasets import cinic10
from miaudit.datasets._download import Original
from miaudit.datasets.cinic10 import Cinic10
from miaudit.errors import UserError

CLASSES = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
NAMES = ("cifar10-train-3.png", "n02690373_1.png")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MIAUDIT_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("MIAUDIT_STORE", str(tmp_path / "store"))
    return tmp_path / "data" / "cinic10"


def write(folder: Path) -> np.ndarray:
    """The archive's layout, two images a class and split; returns them in the order of records."""
    pixels = draw(3 * len(CLASSES) * len(NAMES), (3, 32, 32))
    images = iter(pixels)
    for split in ("train", "valid", "test"):
        for class_name in CLASSES:
            (folder / split / class_name).mkdir(parents=True)
            for name in NAMES:
                (folder / split / class_name / name).write_bytes(png(next(images)))
    return pixels


def test_images_by_split_and_class_and_name(folder: Path) -> None:
    pixels = write(folder)
    data = Cinic10().load()
    np.testing.assert_array_equal(data.x, (pixels / 255).astype(np.float32))
    assert data.y.tolist() == [label for _ in range(3) for label in range(10) for _ in NAMES]
    assert data.class_names == CLASSES
    assert data.classes == 10


def test_normalised(folder: Path) -> None:
    pixels = write(folder)
    expected = (pixels[:, 1] / 255 - 0.47227842) / 0.23828046
    np.testing.assert_allclose(Cinic10(normalise=True).load().x[:, 1], expected, atol=1e-5)


def test_grey_images_are_made_colour(folder: Path) -> None:
    write(folder)
    grey = draw(1, (1, 32, 32), seed=7)
    (folder / "train" / "airplane" / NAMES[0]).write_bytes(png(grey[0]))
    np.testing.assert_array_equal(Cinic10().load().x[0], np.repeat(grey[0] / 255, 3, axis=0).astype(np.float32))


def test_a_changed_file_is_decoded_anew(folder: Path) -> None:
    write(folder)
    before = Cinic10().load()
    path = folder / "test" / "truck" / NAMES[1]
    changed = draw(1, (3, 32, 32), seed=5)[0]
    path.write_bytes(png(changed))
    os.utime(path, ns=(1, 1))
    after = Cinic10().load()
    np.testing.assert_array_equal(after.x[:-1], before.x[:-1])
    np.testing.assert_array_equal(after.x[-1], (changed / 255).astype(np.float32))


def test_a_class_may_not_be_missing(folder: Path) -> None:
    write(folder)
    for path in (folder / "valid" / "bird").iterdir():
        path.unlink()
    (folder / "valid" / "bird").rmdir()
    with pytest.raises(UserError, match="expected the same class folders in train, valid, test"):
        Cinic10().load()


def test_it_says_what_to_get() -> None:
    with pytest.raises(UserError, match=r"cinic10 is not in .* unpack CINIC-10.tar.gz from https://doi.org"):
        Cinic10().load()


def test_it_is_unpacked_from_its_archive(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pixels = write(folder)
    archive = tmp_path / "CINIC-10.tar.gz"
    with tarfile.open(archive, "w:gz") as tar:
        for split in ("train", "valid", "test"):
            tar.add(folder / split, split)
    monkeypatch.setenv("MIAUDIT_DATA", str(tmp_path / "elsewhere"))
    monkeypatch.setenv("MIAUDIT_OFFLINE", "0")
    md5 = hashlib.md5(archive.read_bytes(), usedforsecurity=False).hexdigest()
    monkeypatch.setattr(cinic10, "ARCHIVE", Original(archive.as_uri(), md5, "md5"))
    np.testing.assert_array_equal(Cinic10().load().x, (pixels / 255).astype(np.float32))
    assert sorted(path.name for path in (tmp_path / "elsewhere" / "cinic10").iterdir()) == ["test", "train", "valid"]
