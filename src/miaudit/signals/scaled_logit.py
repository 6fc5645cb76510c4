"""Signal `scaled_logit`: log(p_y / (1 - p_y)), the log odds of the true class."""

import numpy as np
from scipy.special import logsumexp

from miaudit.arrays import Floats, Ints
from miaudit.signals.base import LOG_ZERO


def scaled_logit(logits: Floats, labels: Ints) -> Floats:
    """The log odds phi = log p_y - log(1 - p_y), (n,), in [-745, 745] (Carlini et al. 2022, IV-B, the stable form).

    Taken from the logits as z_y - logsumexp of the others, so that confident records do not tie.

    >>> scaled_logit(np.array([[1.0, 2.0, -3.0]]), np.array([1])).round(6)
    array([0.98185])
    """
    z = logits.astype(np.float64)
    rows = np.arange(len(labels))
    true = z[rows, labels]
    z[rows, labels] = -np.inf
    phi: Floats = np.clip(true - logsumexp(z, axis=1), LOG_ZERO, -LOG_ZERO)
    return phi
