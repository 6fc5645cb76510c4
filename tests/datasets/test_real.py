"""The real files, where they are at hand: what is known of each data set holds."""

from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

from dataset_files import use_real
from miaudit import registry
from miaudit.data_root import data_root
from miaudit.datasets._files import read_splits
from miaudit.datasets._images import load_shards
from miaudit.datasets.adult import Adult
from miaudit.datasets.base import Dataset
from miaudit.datasets.cifar100 import Cifar100
from miaudit.datasets.credit import Credit
from miaudit.datasets.location30 import Location30
from miaudit.datasets.mnist import HUB, Mnist
from miaudit.records.duplicates import duplicates


class Known(NamedTuple):
    """Facts of the original files."""

    train: int
    first: list[int]  # labels
    first_test: list[int]
    counts: list[int]  # of the training labels
    mean: list[float]  # of the training images, by channel
    deviation: list[float]
    tolerance: float


CIFAR100_FIRST = [50, 11, 20, 57, 19]  # these files are not in the original order
IMAGES = {
    "cifar10": Known(
        train=50_000,
        first=[6, 9, 9, 4, 1],
        first_test=[3, 8, 8, 0, 6],
        counts=[5000] * 10,
        mean=[0.49139968, 0.48215841, 0.44653091],
        deviation=[0.24703223, 0.24348513, 0.26158784],
        tolerance=1e-6,
    ),
    "cifar100": Known(
        train=50_000,
        first=CIFAR100_FIRST,
        first_test=[],
        counts=[500] * 100,
        mean=[0.50707516, 0.48654887, 0.44091784],
        deviation=[0.26733429, 0.25643846, 0.27615047],
        tolerance=2e-3,  # the files are JPEG
    ),
    "mnist": Known(
        train=60_000,
        first=[5, 0, 4, 1, 9],
        first_test=[7, 2, 1, 0, 4],
        counts=[5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949],
        mean=[0.1307],
        deviation=[0.3081],
        tolerance=5e-5,
    ),
    "fashion_mnist": Known(
        train=60_000,
        first=[9, 0, 0, 3, 0],
        first_test=[9, 2, 1, 1, 6],
        counts=[6000] * 10,
        mean=[0.28604],
        deviation=[0.35302],
        tolerance=5e-6,
    ),
}


@pytest.fixture
def real(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    name = str(request.param)
    use_real(registry.find("datasets", name).about, monkeypatch)
    return name


@pytest.mark.parametrize("real", IMAGES, indirect=True)
def test_labels(real: str) -> None:
    known, folder = IMAGES[real], data_root() / real
    train, test = (read_splits(folder, split, columns=["label"])["label"].to_pylist() for split in ("train", "test"))
    assert len(train) == known.train
    assert len(test) == 10_000
    assert train[:5] == known.first
    assert test[:5][: len(known.first_test)] == known.first_test
    assert np.bincount(train).tolist() == known.counts


@pytest.mark.slow  # the first time, when they are decoded
@pytest.mark.parametrize("real", IMAGES, indirect=True)
def test_all_images(real: str) -> None:
    known, kind = IMAGES[real], registry.find("datasets", real)
    data: Dataset = kind().load()
    assert data.x.shape == (kind.about.records, *kind.about.shape)
    assert len(data.class_names) == data.classes == kind.about.classes
    train = data.x[: known.train]
    for channel in range(train.shape[1]):
        pixels = train[:, channel]
        assert pixels.mean(dtype=np.float64) == pytest.approx(known.mean[channel], abs=known.tolerance)
        deviation = np.sqrt(np.square(pixels).mean(dtype=np.float64) - pixels.mean(dtype=np.float64) ** 2)
        assert deviation == pytest.approx(known.deviation[channel], abs=2 * known.tolerance)


def test_images_look_like_what_they_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ones are narrow and zeros are hollow: rows and columns are not swapped, labels line up."""
    use_real(Mnist.about, monkeypatch)
    monkeypatch.setenv("MIAUDIT_STORE", str(tmp_path))
    data = load_shards("mnist", Mnist.about, None, HUB.download, ("test",))
    ink = {digit: data.x[data.y == digit].mean(axis=(0, 1)) for digit in (0, 1)}
    assert len(data) == 10_000
    assert (ink[1].mean(axis=0) > 0.05).sum() < (ink[1].mean(axis=1) > 0.05).sum()
    assert ink[0][14, 14] < 0.1 < ink[0][14, 8]


def test_adult(monkeypatch: pytest.MonkeyPatch) -> None:
    use_real(Adult.about, monkeypatch)
    data, ordinal = Adult().load(), Adult(encoding="ordinal").load()
    assert data.x.shape == (48_842, 108)
    assert ordinal.x.shape == (48_842, 14)
    assert np.bincount(data.y[:32_561]).tolist() == [24_720, 7_841]
    assert np.bincount(data.y[32_561:]).tolist() == [12_435, 3_846]
    assert ordinal.feature_names[:3] == ("age", "workclass", "fnlwgt")
    assert "native-country=missing" in data.feature_names
    np.testing.assert_allclose(ordinal.x.mean(axis=0), 0, atol=1e-4)
    np.testing.assert_allclose(ordinal.x.std(axis=0, dtype=np.float64), 1, atol=1e-4)


def test_adults_duplicates(monkeypatch: pytest.MonkeyPatch) -> None:
    use_real(Adult.about, monkeypatch)
    found = duplicates(Adult().load(), np.arange(32_561), np.arange(32_561, 48_842))
    assert len(found.nonmembers) == 23
    assert found.repeated == 24


@pytest.mark.slow  # the first time, when they are decoded
def test_cifar100s_duplicates(monkeypatch: pytest.MonkeyPatch) -> None:
    use_real(Cifar100.about, monkeypatch)
    found = duplicates(Cifar100().load(), np.arange(50_000), np.arange(50_000, 60_000))
    assert len(found.nonmembers) + len(found.relabelled) == 10
    assert len(found.relabelled) > 0


def test_credit(monkeypatch: pytest.MonkeyPatch) -> None:
    use_real(Credit.about, monkeypatch)
    data, ordinal = Credit().load(), Credit(encoding="ordinal").load()
    assert data.x.shape == (1000, 61)
    assert ordinal.x.shape == (1000, 20)
    assert np.bincount(data.y).tolist() == [700, 300]
    assert data.y[:5].tolist() == [0, 1, 0, 0, 1]
    assert data.class_names == ("good", "bad")
    assert ordinal.feature_names[1] == "duration"
    duration = ordinal.x[:, 1]
    assert (duration.max() - duration.min()) / (72 - 4) == pytest.approx((duration[1] - duration[0]) / (48 - 6))


def test_location30(monkeypatch: pytest.MonkeyPatch) -> None:
    use_real(Location30.about, monkeypatch)
    data = Location30().load()
    assert data.x.shape == (5010, 446)
    assert set(np.unique(data.x)) == {0, 1}
    assert data.x.mean() == pytest.approx(0.120, abs=5e-4)
    counts = np.bincount(data.y)
    assert (len(counts), counts.min(), counts.max()) == (30, 97, 308)
