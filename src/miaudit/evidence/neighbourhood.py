"""How many records look alike to a model: the neighbourhood of LDC-MIA."""

import numpy as np
from threadpoolctl import threadpool_limits

from miaudit.arrays import Floats, Ints

BLOCK = 32  # queries at a time: their cosines with 20,000 vectors then stay near the processor


def neighbour_share(queries: Floats, aux: Floats, theta: float, own: Ints | None = None) -> Floats:
    """Share of the auxiliary vectors that point the same way as the query, (n,), in (0, 1].

    #{i: cosine(query, aux_i) > theta} / n_aux; 1 / NI of LDC-MIA Eq. 7 in units of n_aux. A query without a neighbour
    counts one. The cosine with a zero vector is 0.

    Args:
        queries: (n, D) output vectors of a model.
        aux: (m, D) output vectors of the same model, m >= 1.
        theta: the least cosine of a neighbour, in [-1, 1).
        own: (n,) position in aux of the query's own record, which is not its neighbour; -1 where it is not in aux.

    >>> neighbour_share(np.array([[1.0, 0.0]]), np.array([[2.0, 1.0], [-1.0, 0.0], [0.0, 3.0], [1.0, 0.0]]), 0.0)
    array([0.5])
    """
    own = np.full(len(queries), -1) if own is None else own
    directions = _normalised(aux).T
    counts = np.empty(len(queries), dtype=np.int64)
    cosines, near = np.empty((BLOCK, len(aux))), np.empty((BLOCK, len(aux)), dtype=bool)
    with threadpool_limits(1):  # threads that meet after each of so small products cost twenty times as long
        for start in range(0, len(queries), BLOCK):
            part = slice(start, start + BLOCK)
            size = len(own[part])
            np.matmul(_normalised(queries[part]), directions, out=cosines[:size])
            np.greater(cosines[:size], theta, out=near[:size])
            itself = np.flatnonzero(own[part] >= 0)
            near[itself, own[part][itself]] = False
            counts[part] = [np.count_nonzero(row) for row in near[:size]]
    share: Floats = np.maximum(counts, 1) / len(aux)
    return share


def _normalised(vectors: Floats) -> Floats:
    """Rows of length 1; zero rows stay zero."""
    v = vectors.astype(np.float64)
    largest = np.abs(v).max(axis=1, keepdims=True)
    v = v / np.where(largest > 0, largest, 1.0)  # squares of extreme logits must not overflow
    length = np.sqrt(np.einsum("nd,nd->n", v, v))[:, None]
    unit: Floats = v / np.where(length > 0, length, 1.0)
    return unit
