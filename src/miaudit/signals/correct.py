"""Signal `correct`: is the prediction right?"""

import numpy as np

from miaudit.arrays import Floats, Ints
from miaudit.maths.blocks import blocks
from miaudit.model_outputs import ModelOutputs


def correct(outputs: ModelOutputs, labels: Ints) -> Floats:
    """Return 1 where the largest output is that of the label, else 0, (n,).

    Where k classes tie for the largest, each counts 1/k: which of them a model picks says nothing about the record.

    >>> correct(ModelOutputs(np.array([[0.0, 1.0], [3.0, 1.0], [2.0, 2.0]]), "logits"), np.array([1, 1, 0]))
    array([1. , 0. , 0.5])
    """
    share = np.empty(len(labels))
    for part in blocks(len(labels), outputs.values.shape[1]):
        values = np.ascontiguousarray(outputs.values[part].T)  # several times as fast with the classes in rows
        largest = values == values.max(axis=0)
        share[part] = largest[labels[part], np.arange(values.shape[1])] / largest.sum(axis=0)
    return share
