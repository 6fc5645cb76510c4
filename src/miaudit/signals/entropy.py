"""Signal `entropy`: the negative entropy of the prediction."""

from miaudit.arrays import Floats, Ints
from miaudit.maths.sums import exact_sum
from miaudit.model_outputs import ModelOutputs
from miaudit.signals._forms import form_of


def entropy(outputs: ModelOutputs, labels: Ints) -> Floats:
    """Compute the sum over c of p_c log p_c, (n,), in [-log C, 0] (Song & Mittal 2021, negated).

    The labels are not read.

    >>> import numpy as np
    >>> entropy(ModelOutputs(np.array([[0.0, 0.0]]), "logits"), np.array([0])).round(6)
    array([-0.693147])
    """
    del labels
    classes = form_of(outputs).classes()
    return exact_sum(classes.p * classes.log_p, axis=1)
