"""Probabilities as logits, where a model gives nothing else."""

import numpy as np

from miaudit.arrays import Floats


def logits_from_probabilities(probabilities: Floats) -> Floats:
    """Centred log-probabilities (..., C), float64: logits whose softmax gives the probabilities back.

    Rows are normalised. A probability of 0 becomes the smallest double, so that every logit is finite.

    >>> logits_from_probabilities(np.array([[0.5, 0.5]]))
    array([[0., 0.]])
    """
    p = probabilities.astype(np.float64)
    p = p / p.sum(axis=-1, keepdims=True)
    log_p = np.log(np.maximum(p, np.finfo(np.float64).smallest_subnormal))
    centred: Floats = log_p - log_p.mean(axis=-1, keepdims=True)
    return centred
