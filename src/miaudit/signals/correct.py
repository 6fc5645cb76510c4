"""Signal `correct`: is the prediction right?"""

import numpy as np

from miaudit.arrays import Floats, Ints


def correct(logits: Floats, labels: Ints) -> Floats:
    """1 where the largest logit is that of the label, else 0, (n,); the first class wins a tie.

    >>> correct(np.array([[0.0, 1.0], [3.0, 1.0]]), np.array([1, 1]))
    array([1., 0.])
    """
    return (np.argmax(logits, axis=1) == labels).astype(np.float64)
