"""A Gaussian kernel density estimate in one dimension, in log space, fast for many records."""

from dataclasses import dataclass

import numpy as np
from scipy.special import logsumexp

from miaudit.arrays import Floats

MIN_WIDTH = 1e-9
EXACT = 20_000_000  # pairs of queries and sample values up to which the sum is taken as it stands
PER_WIDTH = 8  # grid points a bandwidth, beyond that
BLOCK = 1 << 20  # kernel values at a time


@dataclass(frozen=True, eq=False)
class Density:
    """The Gaussian kernel density estimate of a sample, 1/m sum_i N(x; sample_i, bandwidth^2).

    >>> Density.estimate(np.array([0.0]), bandwidth=1.0).log(np.array([0.0, 1.0])).round(4)
    array([-0.9189, -1.4189])
    """

    sample: Floats  # (m,)
    bandwidth: float

    @classmethod
    def estimate(cls, sample: Floats, bandwidth: float | None, least: float = MIN_WIDTH) -> "Density":
        """Estimate the density of a sample.

        Args:
            sample: (m,) values, m >= 1.
            bandwidth: standard deviation of the kernels; None for Scott's rule (1992), the sample's deviation times
                m^(-1/5).
            least: smallest bandwidth, for samples whose values are all the same.
        """
        if bandwidth is None:
            deviation = float(np.std(sample, ddof=1)) if len(sample) > 1 else 0.0
            bandwidth = deviation * len(sample) ** -0.2
        return cls(sample, max(bandwidth, least))

    def log(self, x: Floats) -> Floats:
        """Compute the log density (n,) at x (n,), which is finite however far x lies from the sample.

        The sum is exact up to 20 million pairs of x and sample value. Beyond that, each sample value is split between
        the two nearest points of a grid with eight points a bandwidth, and the log density is interpolated between
        the grid points beside x. Near the sample, the result is within 0.01 of the exact one.
        """
        if len(x) * len(self.sample) <= EXACT:
            return self._log_sum(x, self.sample, np.ones(len(self.sample)))
        cell = self.bandwidth / PER_WIDTH
        below, part = _place(self.sample, cell)
        points = np.concatenate([below, below + 1.0])
        centres, index = np.unique(points, return_inverse=True)
        weights = np.bincount(index, np.concatenate([1.0 - part, part])).astype(np.float64)
        used = weights > 0
        below, part = _place(x, cell)
        nodes, index = np.unique(np.concatenate([below, below + 1.0]), return_inverse=True)
        log = self._log_sum(nodes * cell, centres[used] * cell, weights[used])[index]
        interpolated: Floats = (1.0 - part) * log[: len(x)] + part * log[len(x) :]
        return interpolated

    def _log_sum(self, x: Floats, centres: Floats, weights: Floats) -> Floats:
        log_sum = np.empty(len(x))
        step = max(1, BLOCK // len(centres))
        for start in range(0, len(x), step):
            z = (x[start : start + step, None] - centres) / self.bandwidth
            log_sum[start : start + step] = logsumexp(-0.5 * z * z, b=weights, axis=1)
        constant = np.log(weights.sum()) + np.log(self.bandwidth) + 0.5 * np.log(2.0 * np.pi)
        return log_sum - constant


def _place(values: Floats, cell: float) -> tuple[Floats, Floats]:
    """Find the grid point below each value, as a number of cells, and how far into the cell it lies, in [0, 1)."""
    place = values / cell
    below = np.floor(place)
    return below, place - below
