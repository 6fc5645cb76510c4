"""The evidence of a pool's first models: what an audit with a smaller pool would have seen."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from miaudit.arrays import Ints
from miaudit.evidence import Evidence, Panel
from miaudit.evidence.panel import Augmented, View, required

FEWEST = 2  # models of the smallest pool; each further one has twice as many


def smaller_pools(evidence: Evidence, learns: bool) -> Iterator[tuple[int, Evidence]]:
    """Yield 2, 4, 8, ... and the evidence of so many models of the pool, while these are fewer than all.

    The first models of a pool are the pool of that size (`splits.pool`), also in evidence from a file that gives its
    models in this order. The membership that other attackers know is left out.

    Args:
        evidence: what was observed.
        learns: keep the shadows among these models, each with its references among them. Where records differ in the
            number of references that were trained on them, be they audited or a shadow's, these numbers could reveal a
            shadow's members, and no evidence is given.
    """
    models = FEWEST
    while models < evidence.audit.n_references:
        audit, population = _with_references(evidence.audit, models), evidence.population
        shadows = _shadows(evidence, audit) if learns else ()
        if not learns or (np.ptp(audit.in_reference.sum(axis=0)) == 0 and all(map(_is_even, shadows))):
            yield (
                models,
                Evidence(
                    audit=audit,
                    shadows=shadows,
                    population=None if population is None else _with_references(population, models),
                ),
            )
        models *= 2


def _is_even(shadow: Panel) -> bool:
    """Is each record in as many of the references, or of these and the shadow itself, as any other?"""
    counts = shadow.in_reference.sum(axis=0)
    return any(np.ptp(each) == 0 for each in (counts, counts + required(shadow.member)))


def is_one_pool(evidence: Evidence) -> bool:
    """Are the shadows among the reference models of the audited records?"""
    view = evidence.audit.reference_view
    return view is not None and all(_stands_in(view, shadow) for shadow in evidence.shadows)


def on_records(evidence: Evidence, rows: Ints) -> Evidence:
    """The evidence on some of the audited records, given as positions, and on the same records of each shadow."""
    audit = evidence.audit.select(rows)
    return replace(evidence, audit=audit, shadows=tuple(_among(shadow, audit) for shadow in evidence.shadows))


def _among(panel: Panel, audit: Panel) -> Panel:
    if panel.ids is None or audit.ids is None:
        return panel
    return panel.select(np.flatnonzero(np.isin(panel.ids, audit.ids)))


def _with_references(panel: Panel, models: int) -> Panel:
    return _with_some(panel, np.arange(min(models, panel.n_references)))


def _with_some(panel: Panel, places: Ints) -> Panel:
    """The panel with the references at these places, in all of its views."""

    def chosen(view: View | None) -> View | None:
        return None if view is None else replace(view, models=view.models[places])

    return replace(
        panel,
        reference_view=chosen(panel.reference_view),
        in_reference=panel.in_reference[places],
        views=tuple(Augmented(view.target, chosen(view.references)) for view in panel.views),
    )


def _shadows(evidence: Evidence, audit: Panel) -> tuple[Panel, ...]:
    """The shadows that are among the references of `audit`, compared with the others of these."""
    pool = audit.reference_view
    if pool is None:
        return ()
    return tuple(
        _with_some(shadow, np.flatnonzero(np.isin(shadow.reference_view.models, pool.models)))
        for shadow in evidence.shadows
        if shadow.reference_view is not None and _stands_in(pool, shadow)
    )


def _stands_in(pool: View, shadow: Panel) -> bool:
    own = shadow.target_view
    return own.outputs is pool.outputs and bool(np.isin(own.models, pool.models).all())
