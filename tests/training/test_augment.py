import numpy as np
import pytest
import torch

from miaudit.errors import UserError
from miaudit.models.smallnet import Smallnet
from miaudit.splits.base import no_rows
from miaudit.training.augment import augment
from miaudit.training.data import Records, Subset
from miaudit.training.fit import fit
from miaudit.training.recipe import Recipe
from tiny import blobs, recipe

IMAGES = torch.arange(200 * 2 * 5 * 6, dtype=torch.float32).reshape(200, 2, 5, 6) + 1


def changed(how: Recipe, seed: int = 0, images: torch.Tensor = IMAGES) -> torch.Tensor:
    return augment(images, how, np.random.default_rng(seed))


def test_nothing_asked_nothing_changed() -> None:
    assert changed(recipe()) is IMAGES


def test_half_of_the_images_are_mirrored() -> None:
    after = changed(recipe(flip=True))
    mirrored = (after == IMAGES.flip(3)).all(dim=(1, 2, 3))
    same = (after == IMAGES).all(dim=(1, 2, 3))
    assert (mirrored ^ same).all()
    assert 70 < int(mirrored.sum()) < 130


def test_crops_are_windows_of_the_padded_image() -> None:
    padding = 2
    after = changed(recipe(crop_padding=padding))
    padded = torch.nn.functional.pad(IMAGES, (padding,) * 4)
    corners = set()
    for image, whole in zip(after, padded, strict=True):
        found = [
            (top, left)
            for top in range(2 * padding + 1)
            for left in range(2 * padding + 1)
            if torch.equal(image, whole[:, top : top + 5, left : left + 6])
        ]
        assert len(found) == 1
        corners.update(found)
    assert len(corners) == (2 * padding + 1) ** 2


def test_turning_keeps_what_is_symmetric_and_stays_within_the_angle() -> None:
    side = torch.arange(33.0) - 16
    distance = (side[:, None] ** 2 + side**2).sqrt()
    disc = (1 - distance / 16).clamp(min=0).expand(50, 1, 33, 33).contiguous()
    torch.testing.assert_close(changed(recipe(rotation=180), images=disc), disc, atol=0.02, rtol=0)
    # A spot at (0, 12) from the centre moves along a circle.
    spot = torch.zeros(50, 1, 33, 33)
    spot[:, :, 15:18, 27:30] = 1
    after = changed(recipe(rotation=30), images=spot)[:, 0]
    mass = after.sum(dim=(1, 2))
    down, right = (after * side[:, None]).sum(dim=(1, 2)) / mass, (after * side).sum(dim=(1, 2)) / mass
    angles = torch.rad2deg(torch.atan2(down, right))
    assert angles.abs().max() < 30.5
    assert angles.min() < -20
    assert angles.max() > 20
    torch.testing.assert_close((down**2 + right**2).sqrt(), torch.full((50,), 12.0), atol=0.2, rtol=0)


def test_turning_by_a_right_angle_is_exact_on_images_that_are_not_square_too() -> None:
    class Right:
        def uniform(self, low: float, high: float, size: int) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
            return np.full(size, high)

    image = torch.zeros(1, 1, 7, 11)
    image[0, 0, 3, 7] = 1.0  # two to the right of the centre (3, 5)
    turned = augment(image, recipe(rotation=90), Right())  # type: ignore[arg-type]
    spots = [tuple(map(int, spot)) for spot in (turned[0, 0] > 0.9).nonzero()]
    assert spots in ([(1, 5)], [(5, 5)])


def test_all_draws_come_from_the_given_generator() -> None:
    how = recipe(flip=True, crop_padding=1, rotation=10)
    torch.manual_seed(1)
    first = changed(how)
    torch.manual_seed(2)
    assert torch.equal(changed(how), first)
    assert not torch.equal(changed(how, seed=1), first)


def test_training_with_augmentation_is_a_function_of_the_job() -> None:
    x = np.random.default_rng(0).normal(size=(30, 1, 6, 6)).astype(np.float32)
    records = Records(x, np.arange(30) % 3, 3)

    def weights(how: Recipe) -> torch.Tensor:
        module = fit(how, records, Subset(np.arange(20), 1, no_rows()))
        return torch.cat([parameter.detach().flatten() for parameter in module.parameters()])

    small = recipe(model=Smallnet(channels=(4, 4)))
    changes: list[dict[str, object]] = [{}, {"flip": True}, {"crop_padding": 1}, {"rotation": 10.0}]
    variants = [weights(recipe(model=small.model, **change)) for change in changes]
    assert torch.equal(variants[1], weights(recipe(model=small.model, flip=True)))
    for i, one in enumerate(variants):
        assert not any(torch.equal(one, other) for other in variants[:i])


def test_records_that_are_no_images_are_refused() -> None:
    data = blobs()
    with pytest.raises(UserError, match=r"expect images of shape .*got records of \(4,\)"):
        fit(recipe(flip=True), Records(data.x, data.y, 3), Subset(np.arange(20), 1, no_rows()))
