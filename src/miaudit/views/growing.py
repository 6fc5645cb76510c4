"""Views for attacks on labels alone: noise of many sizes, which show how far a record is from the decision boundary."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from scipy.special import ndtri

from miaudit.arrays import Floats, Ints
from miaudit.features.base import Features, Inputs
from miaudit.views.base import Given, Maker
from miaudit.views.draws import uniforms
from miaudit.views.images import Images
from miaudit.views.numbers import Numbers, columns_of

NOISE = (0.1, 2.0)  # smallest and largest standard deviation of the noise, in those of the pixel or column
SHARE = (0.05, 0.5)  # smallest and largest share of a record's categories and whole numbers that a view changes


def size_of(number: int, ends: tuple[float, float]) -> float:
    """The size of a view's change, between two ends: evenly on a logarithmic scale, however many views are asked for.

    >>> [round(size_of(number, (0.1, 10.0)), 2) for number in (1, 2, 3)]
    [1.0, 0.32, 3.16]
    """
    place = int(f"{number:b}"[::-1], 2) / 2.0 ** number.bit_length()  # van der Corput: each view halves a gap
    return float(ends[0] * (ends[1] / ends[0]) ** place)


@dataclass(frozen=True, eq=False)
class GrowingNoise(Maker):
    """Noise on every pixel of images that are never moved in training.

    A label that survives larger noise is farther from the decision boundary (Choquette-Choo et al. 2021, section 4.3,
    who search for the distance by queries that depend on one another). The share of views that keep the label, over
    sizes from small to large, orders records as that distance does, up to noise.
    """

    spread: Floats  # (p,) standard deviation of each pixel
    seed: int

    @classmethod
    def of(cls, given: Given) -> Self | None:
        """Views of arrays of images; None where training moves them, since moves show more then."""
        moves, x = Images.of(given), given.x
        is_moved = given.trained is not None and given.trained.reach > 0
        if moves is None or is_moved or (isinstance(x, Features) and x.form != "mapped"):
            return None
        return cls(columns_of(x).spread, given.seed)

    @property
    def words(self) -> str:
        """What is changed."""
        return f"noise of {NOISE[0]:g} to {NOISE[1]:g} standard deviations"

    def view(self, x: Inputs, rows: Ints, number: int) -> Inputs:
        """The images (n, ...) with noise; whole numbers are rounded and stay within the range of their type."""
        own = np.asarray(x[rows])
        drawn = ndtri(uniforms(rows, len(self.spread), self.seed, "growing", number))
        noisy = own + (drawn * (size_of(number, NOISE) * self.spread)).reshape(own.shape)
        if own.dtype.kind in "iu":
            kept = np.iinfo(own.dtype)
            noisy = np.clip(np.round(noisy), kept.min, kept.max)
        return noisy.astype(own.dtype)


@dataclass(frozen=True, eq=False)
class GrowingNumbers(Numbers):
    """Noise on columns of fractions, and values drawn anew, from few to half of them."""

    @property
    def words(self) -> str:
        """What is changed."""
        noise = [f"noise of {NOISE[0]:g} to {NOISE[1]:g} standard deviations on numbers"]
        others = [f"{SHARE[0]:.0%} to {SHARE[1]:.0%} of the categories and whole numbers drawn anew"]
        return ", ".join([*noise * bool((self.unit < 0).any()), *others * bool((self.unit >= 0).any())])

    def _noise(self, number: int) -> float:
        return size_of(number, NOISE)

    def _share(self, number: int) -> float:
        return size_of(number, SHARE)
