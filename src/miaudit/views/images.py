"""Views of images: mirrored, and moved by one or two pixels."""

from dataclasses import dataclass
from itertools import product
from typing import Any, NamedTuple, Self

import numpy as np
import numpy.typing as npt

from miaudit.arrays import Ints
from miaudit.features.base import Inputs
from miaudit.views.base import Given, Maker, is_array

CHANNELS = (1, 3, 4)  # grey, colours, colours and transparency
REACH = 2  # pixels


class Move(NamedTuple):
    """How a view moves an image."""

    mirrored: bool
    down: int  # pixels
    right: int


@dataclass(frozen=True)
class Images(Maker):
    """The same moves for all images, the smallest first, as Carlini et al. 2022 (section VI-C) and others ask.

    Where a recipe trains with changed images, the views are among its changes: they are mirrored if it mirrors them,
    moved as far as it moves them, and zeros come in at the edge as in its padding. Otherwise the pixels at the edge are
    repeated.
    """

    last: bool  # are the channels the last axis?
    mirror: bool
    reach: int  # pixels
    zeros: bool

    @classmethod
    def of(cls, given: Given) -> Self | None:
        """Views of arrays (N, channels, height, width) or (N, height, width, channels)."""
        shape = given.x.shape[1:]
        if not is_array(given.x) or len(shape) != 3 or not {shape[0], shape[-1]} & set(CHANNELS):
            return None
        last, trained = shape[0] not in CHANNELS, given.trained
        if trained is None:
            return cls(last, mirror=True, reach=REACH, zeros=False)
        return cls(last, trained.mirror, min(trained.reach, REACH), zeros=True)

    @property
    def most(self) -> int:
        """Number of ways to mirror and shift an image: no record has more views."""
        return len(moves(self.mirror, self.reach))

    @property
    def words(self) -> str:
        """What the moves are."""
        moved = f"moved by up to {self.reach} pixel{'' if self.reach == 1 else 's'}"
        return " and ".join([*["mirrored"] * self.mirror, *[moved] * (self.reach > 0)])

    def view(self, x: Inputs, rows: Ints, number: int) -> Inputs:
        """The images (n, ...) as one move leaves them."""
        move = moves(self.mirror, self.reach)[number - 1]
        images = np.asarray(x[rows])
        planes = np.moveaxis(images, -1, 1) if self.last else images
        moved = _moved(planes[..., ::-1] if move.mirrored else planes, move, self.zeros)
        return np.ascontiguousarray(np.moveaxis(moved, 1, -1) if self.last else moved)


def moves(mirror: bool, reach: int) -> list[Move]:
    """The moves in the order of the views: mirrored first, then by one pixel, then by two, each plain and mirrored."""
    steps = range(-reach, reach + 1)
    shifts = sorted(product(steps, steps), key=lambda s: (max(map(abs, s)), sum(map(abs, s)), s))
    sides = (False, True) if mirror else (False,)
    return [Move(mirrored, *shift) for shift in shifts for mirrored in sides][1:]


def _moved(planes: npt.NDArray[Any], move: Move, zeros: bool) -> npt.NDArray[Any]:
    height, width = planes.shape[2:]
    edges = ((0, 0), (0, 0), (REACH, REACH), (REACH, REACH))
    padded = np.pad(planes, edges) if zeros else np.pad(planes, edges, mode="edge")
    top, left = REACH - move.down, REACH - move.right
    part: npt.NDArray[Any] = padded[:, :, top : top + height, left : left + width]
    return part
