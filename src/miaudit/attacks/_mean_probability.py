"""Mean probabilities of the true class over reference models, in log space."""

import numpy as np

from miaudit.arrays import Bools, Floats
from miaudit.evidence import Panel
from miaudit.maths.blocks import blocks
from miaudit.maths.sums import exact_sum


def log_mean(log_p: Floats, chosen: Bools) -> Floats:
    """Log of the mean of exp(log_p) (R, n) over the chosen models, (n,); each record needs one chosen model.

    The log-sum-exp written out: SciPy's takes seven times as long.

    >>> log_mean(np.log([[0.2, 0.5], [0.4, 0.9]]), np.array([[True, True], [True, False]])).round(6)
    array([-1.203973, -0.693147])
    """
    counts, mean = chosen.sum(axis=0), np.empty(log_p.shape[1])
    for part in blocks(len(mean), len(log_p)):
        some, wanted = log_p[:, part], chosen[:, part]
        largest = np.where(wanted, some, -np.inf).max(axis=0)
        terms = np.exp(np.minimum(some - largest, 0.0))  # of the others as well, which is faster than exp(-inf)
        terms *= wanted
        mean[part] = largest + np.log(exact_sum(terms, axis=0, largest=1.0) / counts[part])
    return mean


def log_mean_of_all(log_p: Floats) -> Floats:
    """Log of the mean of exp(log_p) (R, n) over all models, (n,)."""
    return log_mean(log_p, np.ones(log_p.shape, dtype=bool))


def base_ratio(panel: Panel) -> Floats:
    """Log p(x | target) - log mean over all references of p(x | reference), (n,) (Lassila et al. 2025)."""
    ratio: Floats = panel.target("loss") - log_mean_of_all(panel.references("loss"))
    return ratio
