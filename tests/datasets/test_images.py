"""Encoded images: decoded in order, once, and never from files that are damaged or of another kind."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image

from dataset_files import draw, write_shard
from miaudit import registry
from miaudit.datasets._images import Channels, scaled
from miaudit.datasets.base import Dataset
from miaudit.errors import UserError

SHAPES = {"cifar10": (3, 32, 32), "cifar100": (3, 32, 32), "mnist": (1, 28, 28), "fashion_mnist": (1, 28, 28)}


@pytest.fixture(autouse=True)
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MIAUDIT_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("MIAUDIT_STORE", str(tmp_path / "store"))


def load(name: str, **options: object) -> Dataset:
    data: Dataset = registry.build("datasets", name, options).load()
    return data


def write(folder: Path, name: str, seed: int = 0) -> tuple[np.ndarray, list[int]]:
    """Two shards to train on and one to test, five images each."""
    pixels = draw(15, SHAPES[name], seed)
    labels = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9]
    files = ("train-00000-of-00002", "train-00001-of-00002", "test")
    for i, file in enumerate(files):
        part = slice(5 * i, 5 * i + 5)
        write_shard(folder / "data" / name / f"{file}.parquet", pixels[part], labels[part], [*"abcdefghij"])
    return pixels, labels


@pytest.mark.parametrize("name", SHAPES)
def test_training_images_come_first_and_shards_in_order(tmp_path: Path, name: str) -> None:
    pixels, labels = write(tmp_path, name)
    data = load(name)
    assert data.x.dtype == np.float32
    np.testing.assert_array_equal(data.x, (pixels / 255).astype(np.float32))
    assert data.y.tolist() == labels
    assert data.y.dtype == np.int64
    assert data.class_names == tuple("abcdefghij")
    assert data.classes == registry.find("datasets", name).about.classes
    assert data.name == name


@pytest.mark.parametrize("name", SHAPES)
def test_normalised_by_channel(tmp_path: Path, name: str) -> None:
    pixels, _ = write(tmp_path, name)
    published = {
        "cifar10": ((0.4914, 0.4822, 0.4465), (0.2470, 0.2435, 0.2616)),
        "cifar100": ((0.5071, 0.4865, 0.4409), (0.2673, 0.2564, 0.2762)),
        "mnist": ((0.1307,), (0.3081,)),
        "fashion_mnist": ((0.2860,), (0.3530,)),
    }
    mean, deviation = published[name]
    data = load(name, normalise=True)
    for channel in range(len(mean)):
        expected = (pixels[:, channel] / 255 - mean[channel]) / deviation[channel]
        np.testing.assert_allclose(data.x[:, channel], expected, atol=1e-5)
    assert data.fingerprint != load(name).fingerprint


def test_scaled_by_hand() -> None:
    pixels = np.array([[[[0, 255]], [[51, 102]]]], dtype=np.uint8)
    np.testing.assert_allclose(scaled(pixels, None), np.array([[[[0, 1]], [[0.2, 0.4]]]]))
    channels = Channels((0.5, 0.2), (0.5, 0.1))
    np.testing.assert_allclose(scaled(pixels, channels), np.array([[[[-1, 1]], [[0, 2]]]]), atol=1e-6)


def test_images_are_decoded_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, "mnist")
    first = load("mnist")

    def fail(*_: object) -> None:
        raise AssertionError("decoded again")

    with monkeypatch.context() as patched:
        patched.setattr(Image, "open", fail)
        assert load("mnist").fingerprint == first.fingerprint
    (kept,) = (tmp_path / "store" / "data").iterdir()
    assert np.load(kept).shape == (15, 1, 28, 28)
    kept.write_bytes(kept.read_bytes()[:200])  # cut short
    assert load("mnist").fingerprint == first.fingerprint


def test_other_files_are_decoded_anew(tmp_path: Path) -> None:
    write(tmp_path, "mnist")
    first = load("mnist")
    pixels, _ = write(tmp_path, "mnist", seed=1)
    second = load("mnist")
    assert second.fingerprint != first.fingerprint
    np.testing.assert_array_equal(second.x, (pixels / 255).astype(np.float32))


def test_the_records_may_be_written_to_and_the_kept_ones_stay(tmp_path: Path) -> None:
    write(tmp_path, "mnist")
    data = load("mnist")
    data.x[:] = 0
    assert load("mnist").x.max() == 1


def test_names_of_classes_are_optional(tmp_path: Path) -> None:
    for split in ("train", "test"):
        write_shard(tmp_path / "data" / "mnist" / f"{split}.parquet", draw(2, (1, 28, 28)), [0, 9])
    assert load("mnist").class_names == ()


def damage(path: Path, what: str) -> None:
    table = pq.read_table(path)
    if what == "no file":
        path.unlink()
    elif what == "no parquet":
        path.write_bytes(b"hello")
    elif what == "no image":
        broken = pa.array([{"bytes": b"hello", "path": None}] * len(table), table["image"].type)
        pq.write_table(table.set_column(0, "image", broken), path)
    elif what == "no image column":
        pq.write_table(table.rename_columns(["img", "label"]), path)
    elif what == "no encoded image":
        plain = pa.array([b"hello"] * len(table))
        pq.write_table(table.set_column(0, "image", plain), path)
    elif what == "another size":
        write_shard(path, draw(5, (1, 28, 20)), [0] * 5)
    elif what == "another label":
        write_shard(path, draw(5, (1, 28, 28)), [0, 1, 2, 3, 10])
    else:
        pq.write_table(table.drop_columns(["label"]), path)


@pytest.mark.parametrize(
    ("what", "message"),
    [
        ("no file", r"mnist is not in .*: get train and test of ylecun/mnist .*; put train\*.parquet and test"),
        ("no parquet", "expected Parquet files of one schema"),
        ("no label", "expected Parquet files of one schema"),
        ("no image", "an image cannot be decoded: .*; get the files again"),
        ("no image column", r"test.parquet: expected a column `image`, a struct with .*, got img \(struct"),
        ("no encoded image", r"test.parquet: expected a column `image`, a struct with .*, got image \(binary\), label"),
        ("another size", "expected images of 28 x 28 pixels, got one of 20 x 28"),
        ("another label", "mnist: expected labels from 0 to 9, got"),
    ],
)
def test_what_cannot_be_read(tmp_path: Path, what: str, message: str) -> None:
    write(tmp_path, "mnist")
    damage(tmp_path / "data" / "mnist" / "test.parquet", what)
    with pytest.raises(UserError, match=message):
        load("mnist")
    kept = tmp_path / "store" / "data"
    if what != "another label":
        assert not kept.exists() or not list(kept.iterdir())


def test_a_missing_shard_is_seen(tmp_path: Path) -> None:
    write(tmp_path, "mnist")
    (tmp_path / "data" / "mnist" / "train-00001-of-00002.parquet").unlink()
    with pytest.raises(UserError, match="expected 2 files of train, as their names say, got 1: get the others too"):
        load("mnist")


def test_a_store_that_cannot_be_written(tmp_path: Path) -> None:
    write(tmp_path, "mnist")
    (tmp_path / "store").write_text("a file")
    with pytest.raises(UserError, match=r"cannot keep decoded images in .* choose a folder with space by --store"):
        load("mnist")


def test_a_crafted_cache_is_not_taken_for_the_images(tmp_path: Path) -> None:
    write(tmp_path, "mnist")
    x = load("mnist").x
    (cached,) = (tmp_path / "store" / "data").glob("mnist-*.npy")
    content = bytearray(cached.read_bytes())
    content[500] ^= 255  # a pixel: the shape is as it was
    cached.write_bytes(content)
    with pytest.warns(UserWarning, match="damaged and will be made again"):
        again = load("mnist").x
    np.testing.assert_array_equal(again, x)
    np.save(cached, np.zeros((15, 1, 28, 28), np.uint8))  # as older versions wrote it, without a hash
    np.testing.assert_array_equal(load("mnist").x, x)
