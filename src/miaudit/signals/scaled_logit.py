"""Signal `scaled_logit`: log(p_y / (1 - p_y)), the log odds of the true class."""

from miaudit.arrays import Floats, Ints
from miaudit.model_outputs import ModelOutputs
from miaudit.signals._forms import form_of


def scaled_logit(outputs: ModelOutputs, labels: Ints) -> Floats:
    """Compute the log odds phi = log p_y - log(1 - p_y), (n,), in [-745, 745] (Carlini et al. 2022, IV-B).

    Of losses it is computed with p = exp(-loss); of scores it is the scores on a scale of about 1.

    >>> import numpy as np
    >>> scaled_logit(ModelOutputs(np.array([[1.0, 2.0, -3.0]]), "logits"), np.array([1])).round(6)
    array([0.98185])
    """
    return form_of(outputs).log_odds(labels)
