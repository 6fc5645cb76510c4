"""Signal `loss`: log p_y, the negative cross-entropy."""

from miaudit.arrays import Floats, Ints
from miaudit.model_outputs import ModelOutputs
from miaudit.signals._forms import form_of, log_sigmoid


def loss(outputs: ModelOutputs, labels: Ints) -> Floats:
    """Compute the log-probability s = log p_y, (n,), in [-745, 0] (Yeom et al. 2018; LDC-MIA Eq. 4, HP-MIA Eq. 3).

    Of a model that is known by its losses it is the negative loss; of one that is known by its scores, these on a scale
    of about 1.

    >>> import numpy as np
    >>> loss(ModelOutputs(np.array([[0.0, 0.0]]), "logits"), np.array([0])).round(6)
    array([-0.693147])
    """
    return form_of(outputs).log_p(labels)


def loss_of_log_odds(log_odds: Floats) -> Floats:
    """Compute the loss of a model that gave logits from its scaled logits, of any shape: the same bits as `loss`.

    >>> import numpy as np
    >>> loss_of_log_odds(np.array([0.0])).round(6)
    array([-0.693147])
    """
    return log_sigmoid(log_odds)
