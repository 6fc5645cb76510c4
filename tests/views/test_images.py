"""Views of images: each move by hand, and the order in which they are asked about."""

import numpy as np
import pytest

from miaudit.errors import UserError
from miaudit.views.base import MOST, Given, Trained
from miaudit.views.images import Images, Move, moves
from miaudit.views.search import views_of

ROWS = np.array([1])
X = np.zeros((3, 1, 4, 4), dtype=np.float32)
X[1, 0] = [[1, 2, 0, 0], [3, 4, 0, 0], [0, 0, 0, 0], [0, 0, 0, 9]]


def seen(number: int, trained: Trained | None = None) -> list[list[float]]:
    views = views_of(Given(X, (), 0, trained), 1)
    assert views is not None
    return np.asarray(views.maker.view(X, ROWS, number))[0, 0].tolist()


def test_the_first_view_is_mirrored() -> None:
    assert seen(1) == [[0, 0, 2, 1], [0, 0, 4, 3], [0, 0, 0, 0], [9, 0, 0, 0]]


def test_pixels_at_the_edge_are_repeated_where_training_moves_nothing() -> None:
    up = 1 + moves(True, 2).index(Move(False, -1, 0))
    assert seen(up) == [[3, 4, 0, 0], [0, 0, 0, 0], [0, 0, 0, 9], [0, 0, 0, 9]]


def test_views_of_augmented_training_are_among_its_changes() -> None:
    trained = Trained(mirror=False, reach=1)
    left = 1 + moves(False, 1).index(Move(False, 0, -1))
    assert seen(left, trained) == [[2, 0, 0, 0], [4, 0, 0, 0], [0, 0, 0, 0], [0, 0, 9, 0]]
    with pytest.raises(UserError, match="at most 8 views of each record"):
        views_of(Given(X, (), 0, trained), 9)


@pytest.mark.parametrize(("mirror", "reach", "count"), [(True, 2, 49), (False, 2, 24), (True, 0, 1), (False, 1, 8)])
def test_every_move_comes_once_and_small_ones_first(mirror: bool, reach: int, count: int) -> None:
    found = moves(mirror, reach)
    assert len(found) == len(set(found)) == count
    assert Move(False, 0, 0) not in found
    distances = [max(abs(move.down), abs(move.right)) for move in found]
    assert distances == sorted(distances)


def test_channels_may_come_last() -> None:
    larger = np.pad(X, ((0, 0), (0, 0), (0, 1), (1, 0)))
    first, last = Given(larger, (), 0), Given(np.moveaxis(larger, 1, -1), (), 0)
    for number in (1, 2, 3):
        one, other = (
            maker.view(given.x, np.arange(3), number)
            for given in (first, last)
            if (maker := Images.of(given)) is not None
        )
        np.testing.assert_array_equal(np.moveaxis(other, -1, 1), one)


def test_other_arrays_are_no_images() -> None:
    assert Images.of(Given(np.zeros((5, 7)), (), 0)) is None
    assert Images.of(Given(np.zeros((5, 8, 8, 8)), (), 0)) is None


def test_there_are_enough_moves_without_mirroring() -> None:
    assert len(moves(False, 2)) == MOST
