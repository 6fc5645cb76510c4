"""Turns the arrays of a file into `Evidence`: checks every array, then puts panels together."""

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from miaudit.arrays import Bools, Ids, Ints
from miaudit.errors import UserError
from miaudit.evidence.checks import (
    check_flags,
    check_ids,
    check_labels,
    check_range,
    check_same_classes,
    check_same_scalars,
)
from miaudit.evidence.evidence import Evidence, check_roles
from miaudit.evidence.io.checks import check_outputs, check_same_references
from miaudit.evidence.io.draft import Draft, PoolDraft
from miaudit.evidence.io.draft_pool import check_pool, pool_references, stand_in, with_defaults
from miaudit.evidence.io.draft_students import with_students
from miaudit.evidence.io.draft_views import further_views
from miaudit.evidence.io.stored import Stored
from miaudit.evidence.panel import Panel, View
from miaudit.evidence.pool import Pool


class LoadedEvidence(NamedTuple):
    """Evidence from a file, and apart from it what no attack may see."""

    evidence: Evidence
    truth: Bools | None  # (n,) membership of the audited records, if it is known
    ids: Ids  # (n,) of the audited records, 0..n-1 if they have none


def assemble(drafts: dict[str, Draft], pool_draft: PoolDraft | None = None) -> LoadedEvidence:
    """Check every panel and all of them together, and build the evidence.

    Args:
        drafts: the panels by name; `audit` must be among them.
        pool_draft: the pool that panels may refer to, if there is one.

    Raises:
        UserError: something is missing or wrong.
    """
    if "audit" not in drafts:
        raise UserError(f"expected a panel 'audit' with the records to judge, got {', '.join(drafts) or 'no panel'}")
    pool = None
    drafts = {name: draft.with_labels() for name, draft in drafts.items()}
    pool_draft = None if pool_draft is None else pool_draft.with_labels()
    if pool_draft is not None:
        drafts, pool_draft = with_defaults(drafts, pool_draft)
        pool = check_pool(pool_draft)
    shadow_names = _shadow_names(drafts)
    panels = {name: with_students(draft, _panel(draft, pool)) for name, draft in drafts.items()}
    _check_together(drafts, pool_draft, panels)
    shadows = tuple(panels[name] for name in shadow_names)
    audit, population = panels["audit"], panels.get("population")
    evidence = Evidence(
        audit=audit.hidden(),
        shadows=shadows,
        known=panels.get("known"),
        population=None if population is None else population.hidden(),
        shadow_populations=() if population is None else _shadow_populations(drafts, population, shadows, pool),
    )
    return LoadedEvidence(
        evidence.with_floor(), audit.member, np.arange(len(audit)) if audit.ids is None else audit.ids
    )


def _panel(draft: Draft, pool: Pool | None) -> Panel:
    given_models = draft.target_models or draft.reference_models
    if given_models is not None and pool is None:
        raise UserError(f"expected pool.logits and pool.in_training beside {given_models.name}, got none")
    if pool is not None and draft.target_models is not None:
        return stand_in(draft, draft.target_models, pool)
    if draft.labels is None or draft.target is None:
        missing = "labels" if draft.labels is None else "target.logits (or target.probs)"
        raise UserError(f"expected {draft.name}.{missing}, got none; every panel needs the labels and the outputs")
    labels = check_labels(draft.labels)
    for outputs in draft.outputs:
        check_outputs(outputs, len(labels))
    check_range(draft.labels.name, labels, draft.target.tensor.shape[2])
    view, in_reference = _references(draft, labels, pool)
    return Panel(
        target_view=draft.target.view(labels),
        reference_view=view,
        in_reference=in_reference,
        member=None if draft.member is None else check_flags(draft.member, labels.shape),
        ids=None if draft.ids is None else check_ids(draft.ids, len(labels)),
        views=further_views(draft, labels, pool, view),
    )


def _references(draft: Draft, labels: Ints, pool: Pool | None) -> tuple[View | None, Bools]:
    """Build the view of the reference models, and tell what each was trained on, (R, n)."""
    if pool is not None and draft.reference_models is not None:
        return pool_references(draft, draft.reference_models, labels, pool)
    shape = (0 if draft.references is None else len(draft.references), len(labels))
    if draft.references is None and draft.in_reference is not None:
        raise UserError(
            f"{draft.in_reference.name}: expected the outputs of these reference models, too; "
            f"got none in panel {draft.name}; write them, or leave {draft.in_reference.name} out"
        )
    view = None if draft.references is None else draft.references.view(labels)
    inside = draft.in_reference
    return view, np.zeros(shape, dtype=bool) if inside is None else check_flags(inside, shape)


def _check_together(drafts: dict[str, Draft], pool: PoolDraft | None, panels: dict[str, Panel]) -> None:
    of_pool = [] if pool is None else [pool.outputs, *pool.views]
    outputs = [one for draft in drafts.values() for one in draft.outputs] + of_pool
    check_same_classes({one.name: one.tensor.shape[2] for one in outputs})
    check_same_scalars({one.name: one.kind for one in outputs})
    own = {name: panel for name, panel in panels.items() if drafts[name].target_models is None}
    check_same_references({name: panel.n_references for name, panel in own.items()})
    check_roles(panels)


def _shadow_names(drafts: dict[str, Draft]) -> list[str]:
    found = {name for name in drafts if name.startswith("shadow.")}
    names = [f"shadow.{s}" for s in range(len(found))]
    missing = [name for name in names if name not in found]
    if missing:
        came = ", ".join(sorted(found))
        raise UserError(f"expected shadows numbered from 0 without a gap, got {came}; {missing[0]} is missing")
    return names


def _shadow_populations(
    drafts: dict[str, Draft], population: Panel, shadows: tuple[Panel, ...], pool: Pool | None
) -> tuple[Panel, ...]:
    targets = drafts["population"].shadow_targets
    if targets is not None:
        return _own_shadow_populations(targets, population.hidden(), len(shadows))
    in_pool = all(drafts[f"shadow.{s}"].target_models is not None for s in range(len(shadows)))
    return pool.populations(population, shadows) if pool is not None and in_pool else ()


def _own_shadow_populations(targets: Stored, population: Panel, shadows: int) -> tuple[Panel, ...]:
    if len(targets) != shadows:
        raise UserError(
            f"{targets.name}: expected the outputs of the {shadows} shadow models, in their order, "
            f"got those of {len(targets)} models"
        )
    whole = targets.view(population.labels)
    return tuple(replace(population, target_view=replace(whole, models=np.array([s]))) for s in range(shadows))
