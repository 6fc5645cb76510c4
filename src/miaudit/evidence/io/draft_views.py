"""Reads further views of a panel's records from a file."""

from dataclasses import replace
from itertools import repeat

from miaudit.arrays import Ints
from miaudit.errors import UserError
from miaudit.evidence.io.draft import Draft
from miaudit.evidence.io.stored import Stored
from miaudit.evidence.panel import Augmented, View
from miaudit.evidence.pool import Pool


def split_views(outputs: Stored | None) -> tuple[Stored, ...]:
    """Split the outputs (M, V, n, C) of M models into V tensors (M, n, C); none where there are no outputs."""
    if outputs is None:
        return ()
    views = outputs.tensor.shape[1]
    return tuple(replace(outputs, name=f"{outputs.name}, view {v}", tensor=outputs.tensor[:, v]) for v in range(views))


def further_views(draft: Draft, labels: Ints, pool: Pool | None, references_seen: View | None) -> tuple[Augmented, ...]:
    """Build the views in their order.

    Args:
        draft: the panel as the file has it.
        labels: (n,) its labels.
        pool: the pool of the file, if there is one.
        references_seen: the panel's references on the records as they are.

    Raises:
        UserError: target and references were asked about different views.
    """
    if draft.reference_models is not None and pool is not None:
        return _views_of_pool(draft, labels, pool, references_seen)
    _check(draft)
    targets, references = (
        [outputs.view(labels) for outputs in views] for views in (draft.target_views, draft.reference_views)
    )
    return tuple(map(Augmented, targets, references or repeat(None)))


def _views_of_pool(draft: Draft, labels: Ints, pool: Pool, references: View | None) -> tuple[Augmented, ...]:
    """The views of a panel whose references are models of the pool."""
    targets = [outputs.view(labels) for outputs in draft.target_views]
    if len(targets) != len(pool.views) or draft.reference_views:
        raise UserError(
            f"{draft.name}: expected as many views in {draft.name}.target.views as in pool.views, whose models are the "
            f"references, and no {draft.name}.references.views; got {len(targets)} and {len(pool.views)}"
        )
    return tuple(Augmented(target, pool.seen(references, v)) for v, target in enumerate(targets))


def _check(draft: Draft) -> None:
    targets, references = draft.target_views, draft.reference_views
    expected = 0 if draft.references is None else len(targets)
    if len(references) != expected or (references and not targets):
        raise UserError(
            f"{draft.name}: expected as many views from the references as from the target, got {len(references)} in "
            f"references.views and {len(targets)} in target.views"
        )
    if references and draft.references is not None and len(references[0]) != len(draft.references):
        raise UserError(
            f"{references[0].name}: expected outputs of the {len(draft.references)} reference models, shape "
            f"(models, views, n, classes), got those of {len(references[0])}"
        )
