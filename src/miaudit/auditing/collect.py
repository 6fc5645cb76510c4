"""Arranges the outputs of models by role, as evidence."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from miaudit.arrays import Bools, Floats, Ints
from miaudit.datasets.base import Dataset
from miaudit.evidence.evidence import Evidence
from miaudit.evidence.lazy import LazyOutputs
from miaudit.evidence.outputs import Outputs
from miaudit.evidence.panel import Augmented, Panel, View
from miaudit.running.work import Work, outputs
from miaudit.splits.base import ShadowRole, Split
from miaudit.store.base import Store


@dataclass(frozen=True, eq=False)
class StoredOutputs(LazyOutputs):
    """Outputs of several models of one kind, each read from the store when it is needed."""

    works: tuple[Work, ...]
    store: Store
    view: int = 0  # of the records; 0: as they are

    def __len__(self) -> int:
        return len(self.works)

    def read(self, model: int) -> Floats:
        """Read one model's outputs (n, C) from the store."""
        return outputs(self.works[model], self.store, self.view).values


def stored_outputs(works: tuple[Work, ...], labels: Ints, store: Store, view: int = 0) -> Outputs:
    """Outputs of the works' models, which are read from the store when they are needed.

    Args:
        works: the models and the records that they were asked about, the same ones for all.
        labels: (n,) labels of these records.
        store: where the outputs are kept.
        view: the view of the records; 0 for the records as they are.
    """
    return Outputs(labels, StoredOutputs(works, store, view), works[0].job.recipe.output_kind)


def auxiliary_query(split: Split) -> Ints:
    """All rows, sorted, about which the auxiliary models are asked: those that a panel holds."""
    parts = [split.audited, split.population]
    parts += [np.concatenate([shadow.inside, shadow.outside]) for shadow in split.shadows]
    return np.unique(np.concatenate(parts))


@dataclass(frozen=True, eq=False)
class Collector:
    """Arranges outputs of the target and of the auxiliary models into panels."""

    data: Dataset
    split: Split
    target: Outputs  # one model
    target_rows: Ints  # the data set's row of each record in `target`, sorted
    auxiliary: Outputs | None  # M models
    auxiliary_rows: Ints  # likewise
    target_views: tuple[Outputs, ...] = ()  # V further views of the same records
    auxiliary_views: tuple[Outputs, ...] = ()  # likewise

    def evidence(self, known: Ints) -> tuple[Evidence, Bools, Ints]:
        """Arrange the outputs by role.

        Args:
            known: rows whose membership attacks are told, and which are therefore not audited.

        Returns:
            The evidence, the truth (n,) of its audited records, and their rows (n,), sorted.
        """
        split = self.split
        # Sorted, so that the order reveals nothing and the pool's panels hold the same records in the same order.
        rows = np.setdiff1d(split.audited, known)
        truth = np.isin(rows, split.members)
        shadows = tuple(self._shadow(role, known) for role in split.shadows) if self.auxiliary else ()
        population = split.population
        evidence = Evidence(
            audit=self._panel(rows),
            shadows=shadows,
            known=self._known(known) if len(known) else None,
            population=self._panel(population) if len(population) else None,
            shadow_populations=tuple(self._shadow_population(role) for role in split.shadows)
            if len(population) and self.auxiliary
            else (),
        )
        if self.target_views:
            evidence = evidence.each(self._with_views)
        return evidence.with_floor(), truth, rows

    def _with_views(self, panel: Panel) -> Panel:
        """The panel with the further views: the same models and records in other tables of outputs."""
        tables = {id(self.target): self.target_views, id(self.auxiliary): self.auxiliary_views}
        further = tuple(
            Augmented(
                _in_table(panel.target_view, tables, v),
                None if panel.reference_view is None else _in_table(panel.reference_view, tables, v),
            )
            for v in range(len(self.target_views))
        )
        return replace(panel, views=further)

    @property
    def _pool(self) -> Outputs:
        if self.auxiliary is None:
            raise ValueError("there are no auxiliary models")
        return self.auxiliary

    def _panel(self, rows: Ints) -> Panel:
        target = View(self.target, np.array([0]), np.searchsorted(self.target_rows, rows))
        if self.auxiliary is None:
            return Panel(target, ids=rows)
        return self._with_references(target, self.split.references, rows)

    def _known(self, rows: Ints) -> Panel:
        return self._panel(rows).with_members(np.isin(rows, self.split.members))

    def _shadow(self, role: ShadowRole, known: Ints) -> Panel:
        rows = np.setdiff1d(np.concatenate([role.inside, role.outside]), known)
        return self._as_target(role, rows).with_members(np.isin(rows, role.inside))

    def _shadow_population(self, role: ShadowRole) -> Panel:
        return self._as_target(role, self.split.population)

    def _as_target(self, role: ShadowRole, rows: Ints) -> Panel:
        target = View(self._pool, np.array([role.model]), np.searchsorted(self.auxiliary_rows, rows))
        return self._with_references(target, role.references, rows)

    def _with_references(self, target: View, references: Ints, rows: Ints) -> Panel:
        view = View(self._pool, references, np.searchsorted(self.auxiliary_rows, rows))
        trained = np.zeros((len(references), len(self.data)), dtype=bool)
        for r, model in enumerate(references):
            trained[r, self.split.training[model]] = True
        return Panel(target, view if len(references) else None, trained[:, rows], ids=rows)


def _in_table(view: View, tables: Mapping[int, Sequence[Outputs]], v: int) -> View:
    return replace(view, outputs=tables[id(view.outputs)][v])
