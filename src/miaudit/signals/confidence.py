"""Signal `confidence`: the largest log-probability, whatever the label."""

import numpy as np

from miaudit.arrays import Floats, Ints
from miaudit.model_outputs import ModelOutputs
from miaudit.signals.loss import loss


def confidence(outputs: ModelOutputs, labels: Ints) -> Floats:
    """Compute max_c log p_c, (n,), in [-log C, 0] (Salem et al. 2019; HP-MIA Eq. 4). The labels are not read.

    >>> confidence(ModelOutputs(np.array([[0.0, 0.0]]), "logits"), np.array([0])).round(6)
    array([-0.693147])
    """
    del labels
    return loss(outputs, np.argmax(outputs.values, axis=1))
