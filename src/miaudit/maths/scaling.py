"""Standardises features to mean 0 and deviation 1."""

from typing import NamedTuple

import numpy as np

from miaudit.arrays import Floats


class Scaling(NamedTuple):
    """A scaling of features x to (x - centre) / scale."""

    centre: Floats  # (F,)
    scale: Floats  # (F,)

    @classmethod
    def standard(cls, features: Floats) -> "Scaling":
        """Return the scaling of features (m, F) to mean 0 and deviation 1; a constant feature keeps its scale."""
        deviation = features.std(axis=0)
        return cls(features.mean(axis=0), np.where(deviation > 0, deviation, 1.0))

    def of(self, features: Floats) -> Floats:
        """Apply the scaling to features (n, F).

        >>> Scaling.standard(np.array([[1.0], [3.0]])).of(np.array([[4.0]]))
        array([[2.]])
        """
        scaled: Floats = (features - self.centre) / self.scale
        return scaled
