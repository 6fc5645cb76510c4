"""A pool of models over one set of records: panels are views of it, so it is held, and stored, once."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from miaudit.arrays import Bools, Ints
from miaudit.evidence.panel import Evidence, Panel, View


@dataclass(frozen=True, eq=False)
class Pool:
    """M models on N records, and which of them each was trained on."""

    view: View  # (M, N); models and records rise
    in_training: Bools  # (M, N)
    ids: Ints  # (N,) tell the records apart

    def models(self, view: View | None) -> Ints:
        """Positions of the models that a view of the same table looks at."""
        return np.searchsorted(self.view.models, np.zeros(0, dtype=np.int64) if view is None else view.models)

    def columns(self, ids: Ints) -> Ints:
        """Positions of the records with these ids, -1 for an id that the pool does not have."""
        order = np.argsort(self.ids)
        found = order[np.minimum(np.searchsorted(self.ids, ids, sorter=order), len(order) - 1)]
        return np.where(self.ids[found] == ids, found, -1)

    def models_on(self, models: Ints, ids: Ints) -> tuple[View, Bools]:
        """These models on these records, and (R, n) which of the records they were trained on."""
        columns = self.columns(ids)
        view = View(self.view.outputs, self.view.models[models], self.view.records[columns])
        return view, self.in_training[np.ix_(models, columns)]

    def stand_in(self, model: int, references: Ints, ids: Ints) -> Panel:
        """A model of the pool as the one under attack; its members are the records that it was trained on."""
        target, member = self.models_on(np.array([model]), ids)
        view, in_reference = self.models_on(references, ids)
        return Panel(target, view if len(references) else None, in_reference, member[0], ids)

    def like(self, shadow: Panel, ids: Ints) -> Panel:
        """The models of a shadow panel on the records with these ids."""
        return self.stand_in(self.models(shadow.target_view)[0], self.models(shadow.reference_view), ids)

    def populations(self, population: Panel | None, shadows: tuple[Panel, ...]) -> tuple[Panel, ...]:
        """The population as each shadow of this pool sees it; empty where the population is not in the pool."""
        if population is None or population.reference_view is None or population.ids is None:
            return ()
        if population.reference_view.outputs is not self.view.outputs:
            return ()
        ids = population.ids
        return tuple(self.like(shadow, ids).hidden() for shadow in shadows)


class Sight(NamedTuple):
    """What a panel sees of models other than the audited one."""

    view: View
    trained: Bools  # (M, n)
    ids: Ints  # (n,)


def panels_on_target(evidence: Evidence) -> dict[str, Panel]:
    """The panels in which the audited model is the target, by their names."""
    panels = {"audit": evidence.audit, "known": evidence.known, "population": evidence.population}
    return {name: panel for name, panel in panels.items() if panel is not None}


def pool_of(evidence: Evidence) -> Pool | None:
    """The pool that shadows and references are views of; None if they are not, or if no ids tell their records."""
    sights = _sights(evidence)
    if evidence.audit.reference_view is None or not evidence.shadows or sights is None:
        return None
    table = evidence.audit.reference_view.outputs
    if any(sight.view.outputs is not table for sight in sights):
        return None
    models = np.unique(np.concatenate([sight.view.models for sight in sights]))
    records = np.unique(np.concatenate([sight.view.records for sight in sights]))
    trained = np.zeros((len(models), len(records)), dtype=bool)
    pool = Pool(View(table, models, records), trained, np.zeros(len(records), dtype=np.int64))
    for sight in sights:
        columns = np.searchsorted(records, sight.view.records)
        trained[np.ix_(pool.models(sight.view), columns)] |= sight.trained
        pool.ids[columns] = sight.ids
    return pool if len(np.unique(pool.ids)) == len(records) and _gives_back(pool, evidence, sights) else None


def _sights(evidence: Evidence) -> list[Sight] | None:
    """What all panels see of models other than the audited one; None if one of them has no ids."""
    sights = []
    shadows = evidence.shadows
    for panel in (*panels_on_target(evidence).values(), *shadows, *evidence.shadow_populations):
        seen = [] if panel.reference_view is None else [(panel.reference_view, panel.in_reference)]
        if panel.member is not None and panel is not evidence.known:
            seen.append((panel.target_view, panel.member[None]))
        if seen and panel.ids is None:
            return None
        sights += [Sight(view, trained, panel.ids) for view, trained in seen if panel.ids is not None]
    return sights


def _gives_back(pool: Pool, evidence: Evidence, sights: list[Sight]) -> bool:
    """Does the pool hold every panel as it is?"""
    populations = pool.populations(evidence.population, evidence.shadows)
    return (
        all(_told(pool, sight) for sight in sights)
        and all(shadow.ids is not None and _same(pool.like(shadow, shadow.ids), shadow) for shadow in evidence.shadows)
        and len(populations) == len(evidence.shadow_populations)
        and all(map(_same, populations, evidence.shadow_populations))
    )


def _told(pool: Pool, sight: Sight) -> bool:
    view, trained = pool.models_on(pool.models(sight.view), sight.ids)
    return _same_view(view, sight.view) and np.array_equal(trained, sight.trained)


def same_references(a: Panel, b: Panel) -> bool:
    """Have two panels the same reference models, on the same records of one table, with the same training sets?"""
    if a.n_references == b.n_references == 0:  # none are the same ones, whatever table they are none of
        return True
    return _same_view(a.reference_view, b.reference_view) and np.array_equal(a.in_reference, b.in_reference)


def _same(a: Panel, b: Panel) -> bool:
    return _same_view(a.target_view, b.target_view) and same_references(a, b)


def _same_view(a: View | None, b: View | None) -> bool:
    if a is None or b is None:
        return a is b
    same_cells = np.array_equal(a.models, b.models) and np.array_equal(a.records, b.records)
    return same_cells and a.outputs is b.outputs
