"""Views for attacks on labels alone: noise of many sizes, which show how far a record is from the decision boundary."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from scipy.special import ndtri

from miaudit.arrays import Floats, Ints
from miaudit.features.base import Inputs
from miaudit.views.base import Given, Maker
from miaudit.views.draws import uniforms
from miaudit.views.images import Images
from miaudit.views.numbers import columns_of

SMALLEST, LARGEST = 0.1, 2.0  # standard deviation of the noise, in those of the pixel


def size_of(number: int) -> float:
    """The size of a view's noise: evenly spread between the ends on a logarithmic scale, however many views there are.

    >>> [round(size_of(number), 2) for number in (1, 2, 3)]
    [0.45, 0.21, 0.95]
    """
    place = int(f"{number:b}"[::-1], 2) / 2.0 ** number.bit_length()  # van der Corput: each view halves a gap
    return float(SMALLEST * (LARGEST / SMALLEST) ** place)


@dataclass(frozen=True, eq=False)
class GrowingNoise(Maker):
    """Noise on every pixel of images that are never moved in training.

    A label that survives larger noise is farther from the decision boundary. Choquette-Choo et al. 2021 search for that
    distance by queries that depend on one another; the share of views that keep the label, over sizes from small to
    large, stands for it and needs a few queries that are known beforehand.
    """

    spread: Floats  # (p,) standard deviation of each pixel
    low: float  # the lowest value of all pixels
    high: float  # the highest
    seed: int

    @classmethod
    def of(cls, given: Given) -> Self | None:
        """Views of arrays of images; None where training moves them: then models know the moves."""
        moves = Images.of(given)
        is_moved = given.trained is not None and given.trained.reach > 0
        if moves is None or is_moved:
            return None
        about = columns_of(given.x)
        return cls(about.spread, float(about.low.min()), float(about.high.max()), given.seed)

    @property
    def words(self) -> str:
        """How these views differ from the record, as pages say it."""
        return f"noise of {SMALLEST:g} to {LARGEST:g} standard deviations"

    def view(self, x: Inputs, rows: Ints, number: int) -> Inputs:
        """The images (n, ...) with noise, within the range of all pixels; whole numbers and bits are rounded."""
        own = np.asarray(x[rows])
        drawn = ndtri(uniforms(rows, len(self.spread), self.seed, "growing", number))
        noisy = own + (drawn * (size_of(number) * self.spread)).reshape(own.shape)
        rounded = noisy if own.dtype.kind == "f" else np.round(noisy)
        return np.clip(rounded, self.low, self.high).astype(own.dtype)
