"""Neighbourhood information of LDC-MIA: a record with few neighbours is easier to memorise."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from miaudit.arrays import Floats, Ints
from miaudit.errors import UserError
from miaudit.evidence import Panel, View
from miaudit.evidence.panel import required
from miaudit.fingerprint import fingerprint
from miaudit.maths.draws import draw
from miaudit.maths.lookup import positions_of
from miaudit.maths.threads import single_threaded

BLOCK = 32  # queries at a time: their cosines with 20,000 vectors then stay near the processor
THETA, MAX_AUX, MAX_REFERENCES = 0.0, 20_000, 4  # defaults


@dataclass(frozen=True, eq=False)
class Neighbourhoods:
    """NI = n_aux / #{aux records with cosine > theta}, mean over references (Eq. 7 in units of n_aux).

    The outputs of one model on the same records are read once, so that panels which are views of one table
    share the work.
    """

    theta: float
    max_aux: int  # most auxiliary records that are used, drawn at random from all
    max_references: int  # most reference models that are used, drawn at random from all
    seed: int
    _shares: dict[str, Floats] = field(default_factory=dict, repr=False)

    def among(self, panel: Panel, aux_panels: Sequence[Panel]) -> Floats:
        """NI (n,) of the panel's records among those of auxiliary panels, the mean over these."""
        total = np.zeros(len(panel))
        for aux in aux_panels:
            total += self._information(panel, aux)
        return total / len(aux_panels)

    def _information(self, panel: Panel, aux: Panel) -> Floats:
        chosen = draw(np.random.default_rng([self.seed, 1]), len(aux), self.max_aux)
        own = _own_positions(panel, aux, chosen)
        references = self._references(panel)
        total = np.zeros(len(panel))
        for r in references:
            total += 1.0 / self._share(_one_model(panel, r), _same_model(panel, aux, r).select(chosen), own)
        return total / len(references)

    def _references(self, panel: Panel) -> Ints:
        """Positions of the reference models that are asked, the same models in every view of a table."""
        view = required(panel.reference_view)
        priority = np.random.default_rng([self.seed, 0]).permutation(view.outputs.models)
        order = np.argsort(priority[view.models], kind="stable")
        return np.sort(order[: self.max_references])

    def _share(self, queries: View, aux: View, own: Ints) -> Floats:
        tables = (id(queries.outputs), id(aux.outputs))
        key = fingerprint(tables, queries.models, queries.records, aux.models, aux.records, own)
        if key not in self._shares:
            self._shares[key] = neighbour_share(_vectors(queries), _vectors(aux), self.theta, own)
        return self._shares[key]


def _vectors(view: View) -> Floats:
    """(n, C) the logits of the view's one model."""
    return view.signal("logits")[0]


def _one_model(panel: Panel, r: int) -> View:
    view = required(panel.reference_view)
    return View(view.outputs, view.models[[r]], view.records)


def _same_model(panel: Panel, aux: Panel, r: int) -> View:
    """Outputs of the panel's reference r on the auxiliary records."""
    view, aux_view = required(panel.reference_view), required(aux.reference_view)
    if view.outputs is aux_view.outputs:
        return View(aux_view.outputs, view.models[[r]], aux_view.records)
    if len(view.models) != len(aux_view.models):
        raise UserError(
            f"neighbourhood information needs the same reference models on every panel; "
            f"one has {len(view.models)}, another {len(aux_view.models)}: give the outputs of all of them on both"
        )
    return View(aux_view.outputs, aux_view.models[[r]], aux_view.records)


def _own_positions(panel: Panel, aux: Panel, chosen: Ints) -> Ints:
    """(n,) where each record of the panel is among the chosen auxiliary ones, else -1."""
    if panel is aux:
        mine, theirs = np.arange(len(panel)), chosen
    elif panel.ids is not None and aux.ids is not None:
        mine, theirs = panel.ids, aux.ids[chosen]
    else:
        return np.full(len(panel), -1)
    return positions_of(mine, theirs)


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
    with single_threaded():  # joining threads after each of these small products takes twenty times as long
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
