"""Signal `logits`: the output vector itself."""

from miaudit.arrays import Floats, Ints
from miaudit.model_outputs import ModelOutputs
from miaudit.signals._forms import form_of


def logits(outputs: ModelOutputs, labels: Ints) -> Floats:
    """Return a new array of the logits (n, C) as they are; of probabilities, their centred logarithms.

    >>> import numpy as np
    >>> logits(ModelOutputs(np.array([[1.0, 2.0]]), "logits"), np.array([0]))
    array([[1., 2.]])
    """
    del labels
    return form_of(outputs).logits()
