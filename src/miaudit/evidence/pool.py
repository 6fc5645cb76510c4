"""A pool of models over the same records: each serves as a shadow, with the others as its references."""

from dataclasses import replace

import numpy as np

from miaudit.arrays import Bools, Ints
from miaudit.evidence.panel import Evidence, Panel, View


def pool_evidence(
    audit: Panel, population: Panel | None = None, known: Panel | None = None, shadows: Ints | None = None
) -> Evidence:
    """The evidence in which references of the audited panel are its shadows, too: views of one table, no copies.

    Shadow s is reference `shadows[s]` (without `shadows`: all of them, in their order) over the same records, its
    members are what it was trained on, its references are the other ones: those that follow it, then those before it.
    Where `audit` has no ids it gets 0..n-1, so that the shadows are known to hold the same records. The references
    of `population`, if it has any, are the same models; each shadow sees the population less what it was trained on.
    """
    models = np.arange(audit.n_references) if shadows is None else shadows
    if audit.ids is None:
        audit = replace(audit, ids=np.arange(len(audit)))
    return Evidence(
        audit=audit.hidden(),
        shadows=_stand_ins(audit, models),
        known=known,
        population=population,
        shadow_populations=() if population is None else _populations(population, models),
    )


def shadows_in_pool(evidence: Evidence) -> Ints | None:
    """Which references the shadows are, if `pool_evidence` of the audited panel makes this evidence; else None."""
    pool = evidence.audit.reference_view
    if pool is None or not evidence.shadows:
        return None
    found = [np.flatnonzero(pool.models == shadow.target_view.models[0]) for shadow in evidence.shadows]
    if not all(len(positions) == 1 for positions in found):
        return None
    models = np.concatenate(found)
    again = pool_evidence(evidence.audit, evidence.population, shadows=models)
    pairs = [(evidence.shadows, again.shadows), (evidence.shadow_populations, again.shadow_populations)]
    same = all(len(a) == len(b) and all(map(_same_panel, a, b)) for a, b in pairs)
    return models if same else None


def same_references(a: Panel, b: Panel) -> bool:
    """Have two panels the same reference models, on the same records of one table, with the same training sets?"""
    return _same_view(a.reference_view, b.reference_view) and _equal(a.in_reference, b.in_reference)


def _stand_ins(panel: Panel, models: Ints) -> tuple[Panel, ...]:
    """These references as the model under attack, each over the same records and with the others as references."""
    pool, R = panel.reference_view, panel.n_references
    if pool is None:
        return ()
    # Twice in a row, the other models are one slice, whatever m is: R copies of (R, n) would not fit into memory.
    twice = np.concatenate([pool.models, pool.models])
    training: Bools = np.concatenate([panel.in_reference, panel.in_reference])
    return tuple(
        Panel(
            target_view=replace(pool, models=twice[m : m + 1]),
            reference_view=replace(pool, models=twice[m + 1 : m + R]) if R > 1 else None,
            in_reference=training[m + 1 : m + R],
            member=training[m],
            ids=panel.ids,
        )
        for m in models
    )


def _populations(population: Panel, models: Ints) -> tuple[Panel, ...]:
    """The population as each stand-in sees it; none if one of them was trained on all of it."""
    panels = _stand_ins(population, models)
    unseen = [np.flatnonzero(panel.member == 0) for panel in panels]
    if not all(len(records) for records in unseen):
        return ()
    whole = len(population)
    return tuple(
        (panel if len(records) == whole else panel.select(records)).hidden()
        for panel, records in zip(panels, unseen, strict=True)
    )


def _same_panel(a: Panel, b: Panel) -> bool:
    same_target = _same_view(a.target_view, b.target_view) and _equal(a.member, b.member)
    return same_target and same_references(a, b) and (a.ids is None or _equal(a.ids, b.ids))


def _same_view(a: View | None, b: View | None) -> bool:
    if a is None or b is None:
        return a is b
    return a.outputs is b.outputs and _equal(a.models, b.models) and _equal(a.records, b.records)


def _equal(a: object, b: object) -> bool:
    return np.array_equal(a, b) if isinstance(a, np.ndarray) and isinstance(b, np.ndarray) else a is b
