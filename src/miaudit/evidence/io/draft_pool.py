"""Checks a pool, and builds the panels that refer to it."""

from dataclasses import replace

import numpy as np

from miaudit.arrays import Bools, Ints
from miaudit.errors import UserError
from miaudit.evidence.checks import NamedArray, check_flags, check_ids, check_integers, check_labels, check_range
from miaudit.evidence.io.checks import check_outputs
from miaudit.evidence.io.draft import Draft, PoolDraft
from miaudit.evidence.outputs import Outputs
from miaudit.evidence.panel import Panel, View
from miaudit.evidence.pool import Pool


def with_defaults(drafts: dict[str, Draft], draft: PoolDraft) -> tuple[dict[str, Draft], PoolDraft]:
    """Fill in what a file leaves out: labels and ids of the pool, references of `audit`, the shadows."""
    audit = drafts["audit"]
    models = np.arange(len(draft.outputs))
    if audit.ids is None and draft.ids is None and audit.labels is not None:
        audit = replace(audit, ids=NamedArray("audit.ids", np.arange(audit.labels.values.size)))
    if draft.labels is None and draft.ids is None:
        draft = replace(draft, labels=audit.labels, ids=audit.ids)
    if audit.references is None and audit.reference_models is None:
        audit = replace(audit, reference_models=NamedArray("audit.references.models", models))
    drafts = drafts | {"audit": audit}
    if not any(name.startswith("shadow.") for name in drafts):
        names = {m: f"shadow.{m}" for m in models}
        drafts |= {names[m]: Draft(names[m], target_models=NamedArray(names[m], models[m : m + 1])) for m in models}
    return drafts, draft


def check_pool(draft: PoolDraft) -> Pool:
    """Check a pool and build it; raises UserError if something in it is missing or wrong."""
    if draft.labels is None or draft.ids is None:
        missing = "pool.labels" if draft.labels is None else "pool.ids"
        raise UserError(
            "expected pool.labels and pool.ids, or neither if the pool's records are the audited ones; "
            f"got no {missing}"
        )
    labels = check_labels(draft.labels)
    for outputs in (draft.outputs, *draft.views):
        check_outputs(outputs, len(labels))
    if draft.views and len(draft.views[0]) != len(draft.outputs):
        raise UserError(
            f"pool.views: expected outputs of the {len(draft.outputs)} models of the pool, shape (models, views, n, "
            f"classes), got those of {len(draft.views[0])}"
        )
    check_range(draft.labels.name, labels, draft.outputs.tensor.shape[2])
    ids = check_ids(draft.ids, len(labels))
    in_training = check_flags(draft.in_training, (len(draft.outputs), len(labels)))
    views = tuple(Outputs(labels, view, view.kind) for view in draft.views)
    return Pool(draft.outputs.view(labels), in_training, ids, views)


def stand_in(draft: Draft, given: NamedArray, pool: Pool) -> Panel:
    """Build the panel in which a model of the pool is under attack; labels and members come from the pool.

    Args:
        draft: the panel, which may choose references and records.
        given: which model of the pool is under attack.
        pool: the pool.

    Raises:
        UserError: the panel repeats what the pool says, or refers to models or records that the pool does not have.
    """
    own = (draft.labels, draft.target, draft.references, draft.member, draft.in_reference)
    for twice in (*own, *draft.target_views, *draft.reference_views):
        if twice is not None:
            raise UserError(f"expected no {twice.name} beside {given.name}: the pool holds that already")
    target = _models(given, pool)
    if len(target) != 1:
        raise UserError(f"{given.name}: expected one model, got {len(target)}")
    references = None if draft.reference_models is None else _models(draft.reference_models, pool)
    ids = None if draft.ids is None else _ids(draft.name, draft.ids, pool)
    return pool.stand_in(int(target[0]), references, ids)


def pool_references(draft: Draft, given: NamedArray, labels: Ints, pool: Pool) -> tuple[View, Bools]:
    """Return the models of the pool that are a panel's references, and (R, n) what they were trained on.

    Args:
        draft: the panel.
        given: which models of the pool are its references.
        labels: (n,) the panel's own labels.
        pool: the pool.

    Raises:
        UserError: the panel holds references of its own, too, or models, records or labels do not fit the pool.
    """
    if draft.references is not None or draft.in_reference is not None:
        raise UserError(f"{draft.name}: expected {given.name} or outputs of references with in_reference, got both")
    models = _models(given, pool)
    if not len(models):
        raise UserError(f"{given.name}: expected models of the pool, got none; leave {given.name} out")
    view, in_reference = pool.models_on(models, _ids(draft.name, draft.ids, pool))
    differ = np.flatnonzero(view.labels != labels)
    if differ.size:
        i = int(differ[0])
        raise UserError(
            f"{draft.name}.labels: expected the labels that the pool has for the same ids, got {labels[i]} "
            f"instead of {view.labels[i]} at record {i} ({differ.size:,} such records)"
        )
    return view, in_reference


def _models(given: NamedArray, pool: Pool) -> Ints:
    models = check_integers(given, (given.values.size,))
    M = len(pool.in_training)
    if ((models < 0) | (models >= M)).any() or len(np.unique(models)) < len(models):
        raise UserError(f"{given.name}: expected different models from 0 to {M - 1}, got {models.tolist()}")
    return models


def _ids(panel: str, given: NamedArray | None, pool: Pool) -> Ints:
    if given is None:
        raise UserError(f"expected {panel}.ids, which tell the panel's records in the pool; got none")
    ids = check_ids(given, given.values.size)
    missing = ids[pool.columns(ids) < 0]
    if missing.size:
        came = f"{missing[0]} ({missing.size:,} such ids)"
        raise UserError(f"{given.name}: expected ids that are in pool.ids, got {came}; add these records to the pool")
    return ids
