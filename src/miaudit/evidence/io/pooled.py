"""Finds the pool that panels are views of, so that a file holds its outputs only once."""

from typing import NamedTuple

import numpy as np

from miaudit.arrays import Bools, Ints
from miaudit.evidence.evidence import Evidence
from miaudit.evidence.panel import Panel, View
from miaudit.evidence.pool import Pool


class Sight(NamedTuple):
    """The part of a panel that concerns other models than the audited one."""

    view: View
    trained: Bools  # (M, n)
    ids: Ints  # (n,)


def panels_on_target(evidence: Evidence) -> dict[str, Panel]:
    """Return the panels in which the audited model is the target, by name."""
    panels = {"audit": evidence.audit, "known": evidence.known, "population": evidence.population}
    return {name: panel for name, panel in panels.items() if panel is not None}


def pool_of(evidence: Evidence) -> Pool | None:
    """Find the pool that shadows and references are views of; None if there is none, or if records have no ids."""
    sights = _sights(evidence)
    if evidence.audit.reference_view is None or not evidence.shadows or sights is None:
        return None
    table = evidence.audit.reference_view.outputs
    if any(sight.view.outputs is not table for sight in sights):
        return None
    models = np.unique(np.concatenate([sight.view.models for sight in sights]))
    records = np.unique(np.concatenate([sight.view.records for sight in sights]))
    trained = np.zeros((len(models), len(records)), dtype=bool)
    views = tuple(view.references.outputs for view in evidence.audit.views if view.references is not None)
    pool = Pool(View(table, models, records), trained, np.zeros(len(records), dtype=np.int64), views)
    for sight in sights:
        columns = np.searchsorted(records, sight.view.records)
        trained[np.ix_(pool.models(sight.view), columns)] |= sight.trained
        pool.ids[columns] = sight.ids
    return pool if len(np.unique(pool.ids)) == len(records) and _gives_back(pool, evidence, sights) else None


def _sights(evidence: Evidence) -> list[Sight] | None:
    """Collect what all panels see of other models than the audited one; None if one of them has no ids."""
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
    """Tell whether every panel can be rebuilt from the pool as it is."""
    populations = pool.populations(evidence.population, evidence.shadows)
    return (
        all(_told(pool, sight) for sight in sights)
        and all(_same_further(pool, panel) for panel in panels_on_target(evidence).values())
        and all(shadow.ids is not None and _same(pool.like(shadow, shadow.ids), shadow) for shadow in evidence.shadows)
        and len(populations) == len(evidence.shadow_populations)
        and all(map(_same, populations, evidence.shadow_populations))
    )


def _same_further(pool: Pool, panel: Panel) -> bool:
    """Are the references' further views those of the pool?"""
    return len(panel.views) == len(pool.views) and all(
        _same_view(view.references, pool.seen(panel.reference_view, v)) for v, view in enumerate(panel.views)
    )


def _told(pool: Pool, sight: Sight) -> bool:
    view, trained = pool.models_on(pool.models(sight.view), sight.ids)
    return _same_view(view, sight.view) and np.array_equal(trained, sight.trained)


def same_references(a: Panel, b: Panel) -> bool:
    """Tell whether two panels have the same references: models, records of one table, and training sets.

    Two panels without any references have the same ones.
    """
    if a.n_references == b.n_references == 0:
        return True
    return _same_view(a.reference_view, b.reference_view) and np.array_equal(a.in_reference, b.in_reference)


def _same(a: Panel, b: Panel) -> bool:
    further = len(a.views) == len(b.views) and all(
        _same_view(one.target, other.target) and _same_view(one.references, other.references)
        for one, other in zip(a.views, b.views, strict=True)
    )
    return _same_view(a.target_view, b.target_view) and same_references(a, b) and further


def _same_view(a: View | None, b: View | None) -> bool:
    if a is None or b is None:
        return a is b
    same_cells = np.array_equal(a.models, b.models) and np.array_equal(a.records, b.records)
    return same_cells and a.outputs is b.outputs
