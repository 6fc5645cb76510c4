"""Views for attacks on labels: how large the noise is, and for which records it is made."""

import numpy as np
import pytest
from scipy.special import ndtr

from miaudit.views.base import MOST, Given, Trained
from miaudit.views.growing import LARGEST, SMALLEST, GrowingNoise, size_of
from miaudit.views.images import Images
from miaudit.views.numbers import Numbers
from miaudit.views.search import maker_of

N = 2000
RNG = np.random.default_rng(0)
IMAGES = RNG.normal(0.0, [[[1.0, 5.0], [0.0, 2.0]]], size=(N, 1, 2, 2))
EVERYTHING = np.arange(N)


def for_labels(x: np.ndarray, trained: Trained | None = None) -> Given:
    return Given(x, (), 0, trained, labels_only=True)


def test_sizes_are_spread_evenly_whatever_their_number() -> None:
    for count in (3, 7, 15):
        places = np.log([size_of(v) / SMALLEST for v in range(1, count + 1)])
        np.testing.assert_allclose(np.sort(places) / np.log(LARGEST / SMALLEST), np.arange(1, count + 1) / (count + 1))


@pytest.mark.parametrize("number", [1, 2, 3])
def test_pixels_get_noise_in_their_own_unit(number: int) -> None:
    maker = maker_of(for_labels(IMAGES))
    assert isinstance(maker, GrowingNoise)
    changes = maker.view(IMAGES, EVERYTHING, number) - IMAGES
    np.testing.assert_allclose(changes.std(axis=0), size_of(number) * IMAGES.std(axis=0), rtol=4 / np.sqrt(2 * N))
    np.testing.assert_array_equal(maker.view(IMAGES, EVERYTHING[5:7], number), (IMAGES + changes)[5:7])


def test_whole_numbers_stay_in_their_range() -> None:
    x = RNG.integers(0, 256, size=(N, 2, 2, 3)).astype(np.uint8)
    maker = maker_of(for_labels(x))
    assert maker is not None
    seen = maker.view(x, EVERYTHING, 3)
    assert seen.dtype == np.uint8
    assert np.abs(seen.astype(int) - x).mean() > 20  # no value has wrapped around: noise of 0.7 deviations of 74
    assert np.corrcoef(seen.ravel(), x.ravel())[0, 1] > 0.7


@pytest.mark.parametrize("kind", [np.bool_, np.uint8, np.int64])
def test_black_and_white_images_stay_so_and_some_pixels_flip(kind: type) -> None:
    x: np.ndarray = (RNG.random((N, 1, 2, 2)) < 0.5).astype(kind)
    maker = maker_of(for_labels(x))
    assert isinstance(maker, GrowingNoise)
    seen = maker.view(x, EVERYTHING, 1)
    assert seen.dtype == x.dtype
    assert set(np.unique(seen)) == {0, 1}
    flips = float(ndtr(-1 / size_of(1)))  # noise of more than 1/2 towards the other value, in units of 1/2
    assert abs(np.mean(seen != x) - flips) < 4 * np.sqrt(flips / x.size)


def test_fractions_stay_in_the_range_of_the_data() -> None:
    x = RNG.random((N, 1, 2, 2), dtype=np.float32)
    maker = maker_of(for_labels(x))
    assert maker is not None
    seen = maker.view(x, EVERYTHING, 3)
    assert seen.dtype == np.float32
    assert (seen.min(), seen.max()) == (x.min(), x.max())


def test_tables_are_changed_as_ever() -> None:
    """On Location30, larger changes of bits told fewer members than small ones do."""
    assert isinstance(maker_of(for_labels(RNG.normal(size=(N, 3)))), Numbers)


def test_images_that_training_moves_are_moved() -> None:
    assert isinstance(maker_of(for_labels(IMAGES, Trained(mirror=False, reach=1))), Images)
    assert isinstance(maker_of(Given(IMAGES, (), 0)), Images)
    assert maker_of(for_labels(IMAGES)).most == MOST  # type: ignore[union-attr]
