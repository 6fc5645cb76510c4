"""Signal `entropy`: the negative entropy of the prediction."""

import numpy as np

from miaudit.arrays import Floats, Ints
from miaudit.signals._softmax import log_posteriors


def entropy(logits: Floats, labels: Ints) -> Floats:
    """Sum over c of p_c log p_c, (n,), in [-log C, 0] (Song & Mittal 2021, negated). The labels are not read.

    >>> entropy(np.array([[0.0, 0.0]]), np.array([0])).round(6)
    array([-0.693147])
    """
    del labels
    log_p, _ = log_posteriors(logits)
    negative: Floats = np.einsum("nc,nc->n", np.exp(log_p), log_p)
    return negative
