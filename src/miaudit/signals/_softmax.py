"""Log-probabilities of all classes, exact in both tails."""

import numpy as np
from scipy.special import logsumexp

from miaudit.arrays import Floats
from miaudit.signals.base import LOG_ZERO


def log_posteriors(logits: Floats) -> tuple[Floats, Floats]:
    """(log p_c, log(1 - p_c)) of each class, both (n, C) in [-745, 0].

    The largest class is taken through the log-sum-exp of the others, so that 1 - p of a confident record does not
    vanish: z - logsumexp(z) would lose it to rounding.
    """
    z = logits.astype(np.float64)
    rows, top = np.arange(len(z)), np.argmax(z, axis=1)
    below = z - z[rows, top][:, None]
    below[rows, top] = -np.inf
    rest = logsumexp(below, axis=1)  # log of (1 - p_top) / p_top
    log_top = -np.logaddexp(0.0, rest)
    log_p = np.maximum(below + log_top[:, None], LOG_ZERO)
    log_p[rows, top] = log_top
    with np.errstate(divide="ignore"):
        log_not = np.log1p(-np.exp(log_p))
    log_not[rows, top] = rest + log_top
    return log_p, np.maximum(log_not, LOG_ZERO)
