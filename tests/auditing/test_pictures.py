import numpy as np
import pytest

from miaudit.auditing.pictures import MOST, SIDE, images_of, pictures


def of(*images: np.ndarray) -> list[bytes | None]:
    """The pictures of images that an attack ranks in this order."""
    found = images_of(np.stack(images), np.arange(len(images)))
    assert found is not None
    return pictures(found, [-np.arange(float(len(images)))])


def test_a_small_image_is_kept_as_it_is() -> None:
    assert of(np.array([[[0.0, 1.0], [0.5, 0.2]]])) == [bytes([1, 2, 2, 0, 255, 128, 51])]


def test_colours_follow_each_other() -> None:
    red = np.stack([np.ones((2, 3)), np.zeros((2, 3)), np.zeros((2, 3))])
    assert of(red) == [bytes([3, 2, 3, *[255] * 6, *[0] * 12])]


def test_values_of_any_range_are_stretched_together() -> None:
    dark, bright = np.full((1, 2, 2), -2.0), np.full((1, 2, 2), 3.0)
    assert of(dark, bright, np.zeros((1, 2, 2))) == [
        bytes([1, 2, 2, *[grey] * 4]) for grey in (0, 255, 102)
    ]  # 0 lies at 2/5


def test_a_pixel_that_is_not_finite_counts_as_nothing_and_spoils_no_other() -> None:
    odd = np.array([[[np.inf, 1.0], [-np.inf, np.nan]]])
    whole = np.array([[[0.0, 1.0], [0.5, 0.2]]])
    assert of(odd, whole) == [bytes([1, 2, 2, 0, 255, 0, 0]), bytes([1, 2, 2, 0, 255, 128, 51])]


@pytest.mark.parametrize(("shape", "shrunk"), [((28, 28), (28, 28)), ((56, 29), (28, 14)), ((32, 32), (16, 16))])
def test_a_large_image_is_shrunk_by_means(shape: tuple[int, int], shrunk: tuple[int, int]) -> None:
    (picture,) = of(np.linspace(0, 1, shape[1])[None, None, :].repeat(shape[0], axis=1))
    assert picture is not None
    assert picture[:3] == bytes([1, *shrunk])
    assert max(shrunk) <= SIDE
    row = np.frombuffer(picture[3:], dtype=np.uint8).reshape(shrunk)[0]
    assert (np.diff(row.astype(int)) > 0).all()


def test_only_the_highest_of_each_attack_have_one() -> None:
    rng = np.random.default_rng(0)
    images = images_of(rng.random((400, 1, 2, 2)), np.arange(200, 400))
    assert images is not None
    scores = [rng.normal(size=200) for _ in range(2)]
    found = pictures(images, scores)
    highest = {place for each in scores for place in np.argsort(-each)[:MOST].tolist()}
    assert {place for place, picture in enumerate(found) if picture is not None} == highest
    place = min(highest)
    assert found[place] == bytes([1, 2, 2]) + (images.x[200 + place] * 255).round().astype(np.uint8).tobytes()
    assert pictures(images, []) == [None] * 200


@pytest.mark.parametrize("x", [np.zeros((4, 30)), np.zeros((4, 2, 8, 8)), np.zeros((4, 1, 1, 9)), object()])
def test_other_records_are_no_images(x: object) -> None:
    assert images_of(x, np.arange(4)) is None
