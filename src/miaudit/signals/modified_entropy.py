"""Signal `modified_entropy`: the prediction entropy that knows the label."""

import numpy as np

from miaudit.arrays import Floats, Ints
from miaudit.signals._softmax import log_posteriors


def modified_entropy(logits: Floats, labels: Ints) -> Floats:
    """(1 - p_y) log p_y + sum over c != y of p_c log(1 - p_c), (n,), in [-745 C, 0].

    Song & Mittal 2021, negated, as in HP-MIA Eq. 5.

    >>> modified_entropy(np.array([[0.0, 0.0]]), np.array([0])).round(6)
    array([-0.693147])
    """
    log_p, log_not = log_posteriors(logits)
    rows = np.arange(len(labels))
    terms = np.exp(log_p) * log_not
    terms[rows, labels] = np.exp(log_not[rows, labels]) * log_p[rows, labels]
    negative: Floats = terms.sum(axis=1)
    return negative
