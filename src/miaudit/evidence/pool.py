"""`Pool`: many models over one set of records. Panels are views of it, so it is held and stored only once."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from miaudit.arrays import Bools, Ints, read_only
from miaudit.errors import UserError
from miaudit.evidence.checks import NamedArray, check_flags, check_ids, check_labels, check_range, given_labels
from miaudit.evidence.outputs import Outputs
from miaudit.evidence.panel import Augmented, Panel, View
from miaudit.maths.lookup import positions_of
from miaudit.model_outputs import OutputKind, checked

AnyView = TypeVar("AnyView", View, View | None)


@dataclass(frozen=True, eq=False)
class Pool:
    """M models on N records, and the records that each of them was trained on; `Pool.of` builds one from arrays."""

    view: View  # (M, N); models and records rise
    in_training: Bools  # (M, N)
    ids: Ints  # (N,) names of the records, all different
    views: tuple[Outputs, ...] = ()  # the same table for each further view of the records

    @classmethod
    def of(
        cls,
        outputs: Sequence[npt.ArrayLike] | npt.NDArray[Any],
        labels: npt.ArrayLike | None = None,
        in_training: npt.ArrayLike = (),
        ids: npt.ArrayLike | None = None,
        kind: OutputKind = "logits",
    ) -> "Pool":
        """Build a pool from plain arrays; all are checked.

        Args:
            outputs: (M, N, C) outputs of the models on all records, or M arrays (N, C); (M, N) losses or scores.
            labels: (N,) classes of the records, from 0 to C - 1; none beside losses or scores.
            in_training: (M, N) true where model m was trained on record i.
            ids: (N,) whole numbers that name the records; None for 0 to N - 1.
            kind: "logits" or "probs", the form of the outputs; "loss" or "score" for one number per record.

        Raises:
            UserError: shapes do not fit together, two records share an id, or outputs are not of that kind.

        >>> inside = [[True, False], [False, True], [True, True]]
        >>> pool = Pool.of(outputs=np.zeros((3, 2, 2)), labels=[0, 1], in_training=inside)
        >>> pool.stand_in(0).member, pool.stand_in(0).n_references  # model 1 is its twin, and left out
        (array([ True, False]), 1)
        """
        y = check_labels(given_labels(labels, outputs[0] if len(outputs) else (), kind))
        values: list[npt.NDArray[Any]] = []
        for m, one in enumerate(outputs):
            classes = values[0].shape[1] if values else None
            values.append(read_only(checked(f"model {m}", one, kind, len(y), classes).values))
        if not values:
            raise UserError("outputs: expected the outputs of one or more models, got none")
        check_range("labels", y, values[0].shape[1])
        inside = check_flags(NamedArray("in_training", np.asarray(in_training)), (len(values), len(y)))
        own = np.arange(len(y)) if ids is None else check_ids(NamedArray("ids", np.asarray(ids)), len(y))
        return cls(View.whole(Outputs(read_only(y), values, kind)), read_only(inside), read_only(own))

    def models(self, view: View | None) -> Ints:
        """Return the positions of the models that a view of the same table looks at; none where there is no view."""
        return np.searchsorted(self.view.models, np.zeros(0, dtype=np.int64) if view is None else view.models)

    def columns(self, ids: Ints) -> Ints:
        """Return the positions of the records with these ids, -1 for an id that the pool does not have."""
        return positions_of(ids, self.ids)

    def others(self, target: int) -> Ints:
        """Return all other models but a twin, which was trained on just the records that the target was not.

        The outputs of a twin would give away the target's members.
        """
        twin = (self.in_training != self.in_training[target]).all(axis=1)
        others = np.flatnonzero(~twin)
        return others[others != target]

    def models_on(self, models: Ints, ids: Ints) -> tuple[View, Bools]:
        """Return the view of these models on these records, and (R, n) which of the records each was trained on."""
        columns = self.columns(ids)
        view = View(self.view.outputs, self.view.models[models], self.view.records[columns])
        return view, self.in_training[np.ix_(models, columns)]

    def stand_in(self, model: int, references: Ints | None = None, ids: Ints | None = None) -> Panel:
        """Return the panel in which a model of the pool is under attack; its members are its training records.

        Args:
            model: its position in the pool.
            references: (R,) positions of the reference models; None for all `others`.
            ids: (n,) ids of the panel's records; None for all records of the pool.
        """
        references = self.others(model) if references is None else references
        ids = self.ids if ids is None else ids
        target, member = self.models_on(np.array([model]), ids)
        view, in_reference = self.models_on(references, ids)
        panel = Panel(target, view if len(references) else None, in_reference, member[0], ids)
        further = (Augmented(self.seen(target, v), self.seen(panel.reference_view, v)) for v in range(len(self.views)))
        return replace(panel, views=tuple(further))

    def seen(self, view: AnyView, v: int) -> AnyView:
        """Return what a view of the pool's table, if there is one, sees in the table of a further view."""
        return view if view is None else replace(view, outputs=self.views[v])

    def like(self, shadow: Panel, ids: Ints) -> Panel:
        """Return the panel of a shadow's models on the records with these ids."""
        return self.stand_in(self.models(shadow.target_view)[0], self.models(shadow.reference_view), ids)

    def populations(self, population: Panel | None, shadows: tuple[Panel, ...]) -> tuple[Panel, ...]:
        """Return the population as each shadow of this pool sees it; empty if the population is not in the pool."""
        if population is None or population.reference_view is None or population.ids is None:
            return ()
        if population.reference_view.outputs is not self.view.outputs:
            return ()
        ids = population.ids
        return tuple(self.like(shadow, ids).hidden() for shadow in shadows)
