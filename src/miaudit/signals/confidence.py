"""Signal `confidence`: the largest log-probability, whatever the label."""

import numpy as np

from miaudit.arrays import Floats, Ints
from miaudit.signals.loss import loss


def confidence(logits: Floats, labels: Ints) -> Floats:
    """max_c log p_c, (n,), in [-log C, 0] (Salem et al. 2019; HP-MIA Eq. 4). The labels are not read.

    >>> confidence(np.array([[0.0, 0.0]]), np.array([0])).round(6)
    array([-0.693147])
    """
    del labels
    return loss(logits, np.argmax(logits, axis=1))
