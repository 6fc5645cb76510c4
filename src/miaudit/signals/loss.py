"""Signal `loss`: log p_y, the negative cross-entropy."""

import numpy as np

from miaudit.arrays import Floats, Ints
from miaudit.signals.base import LOG_ZERO
from miaudit.signals.scaled_logit import scaled_logit


def loss(logits: Floats, labels: Ints) -> Floats:
    """The log-probability s = log p_y, (n,), in [-745, 0] (Yeom et al. 2018; LDC-MIA Eq. 4, HP-MIA Eq. 3).

    >>> loss(np.array([[0.0, 0.0]]), np.array([0])).round(6)
    array([-0.693147])
    """
    return log_sigmoid(scaled_logit(logits, labels))


def log_sigmoid(phi: Floats) -> Floats:
    """log(1 / (1 + exp(-phi))) = -softplus(-phi), in [-745, 0], exact in both tails."""
    value: Floats = np.maximum(-np.logaddexp(0.0, -phi), LOG_ZERO)
    return value
