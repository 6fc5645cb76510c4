"""Signal `modified_entropy`: the prediction entropy that knows the label."""

import numpy as np

from miaudit.arrays import Floats, Ints
from miaudit.maths.sums import exact_sum
from miaudit.model_outputs import ModelOutputs
from miaudit.signals._forms import form_of


def modified_entropy(outputs: ModelOutputs, labels: Ints) -> Floats:
    """Compute (1 - p_y) log p_y + sum over c != y of p_c log(1 - p_c), (n,), in [-745 C, 0].

    Song & Mittal 2021, negated, as in HP-MIA Eq. 5.

    >>> modified_entropy(ModelOutputs(np.array([[0.0, 0.0]]), "logits"), np.array([0])).round(6)
    array([-0.693147])
    """
    p, log_p, log_not = form_of(outputs).classes()
    rows = np.arange(len(labels))
    terms = p * log_not
    terms[rows, labels] = np.exp(log_not[rows, labels]) * log_p[rows, labels]
    return exact_sum(terms, axis=1)
