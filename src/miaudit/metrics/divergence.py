"""Kullback-Leibler divergence between the densities of two samples."""

from typing import NamedTuple

import numpy as np
from scipy.integrate import trapezoid
from scipy.special import logsumexp

from miaudit.arrays import Floats

BINS = 64  # to a kernel's width: values closer than that share a kernel
NODES = 8192
BLOCK = 1024  # nodes at once
REACH = 8.0  # widths beyond the outermost value; the rest of the density is below 1e-15


class Density(NamedTuple):
    """Gaussian kernel density: kernels of one width with weights that sum to 1."""

    centres: Floats  # (c,)
    log_weights: Floats  # (c,)
    width: float

    def log_at(self, x: Floats) -> Floats:
        """Log density at (k,), finite everywhere."""
        parts = [
            logsumexp(self.log_weights - 0.5 * ((block[:, None] - self.centres) / self.width) ** 2, axis=1)
            for block in np.array_split(x, max(1, len(x) // BLOCK))
        ]
        log_density: Floats = np.concatenate(parts) - np.log(self.width * np.sqrt(2.0 * np.pi))
        return log_density


def density(sample: Floats, least_width: float) -> Density:
    """Kernel density of a sample (n,) with Scott's width, n^(-1/5) standard deviations, but at least `least_width`."""
    deviation = float(np.std(sample, ddof=1)) if len(sample) > 1 else 0.0
    width = max(deviation * len(sample) ** -0.2, least_width)
    bins, counts = np.unique(np.round(sample * (BINS / width)), return_counts=True)
    return Density(bins * (width / BINS), np.log(counts / len(sample)), width)


def kl_divergence(first: Floats, second: Floats) -> float:
    """KL(first || second) in nats of two samples' kernel densities (the KDE attack's measure of leakage), 0 or more.

    Trapezoid rule over a grid finer than both kernels. A sample without spread gets a thousandth of the spread of both
    together as its width. It is not symmetric: give the members' losses first for what an attacker gains per member.
    """
    together = np.concatenate((first, second))
    least = 1e-3 * (float(np.std(together)) or 1.0)
    p, q = density(first, least), density(second, least)
    start, stop = first.min() - REACH * p.width, first.max() + REACH * p.width
    wanted = int((stop - start) / min(p.width, q.width) * 4.0) + 2
    x = np.linspace(start, stop, min(wanted, NODES))
    log_p = p.log_at(x)
    value = float(trapezoid(np.exp(log_p) * (log_p - q.log_at(x)), x))
    return max(0.0, value)
