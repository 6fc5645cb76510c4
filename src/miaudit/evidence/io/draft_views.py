"""Reads further views of a panel's records from a file."""

from dataclasses import replace

from miaudit.arrays import Ints
from miaudit.errors import UserError
from miaudit.evidence.io.draft import Draft
from miaudit.evidence.io.stored import Stored
from miaudit.evidence.outputs import Outputs
from miaudit.evidence.panel import Augmented, View


def split_views(outputs: Stored | None) -> tuple[Stored, ...]:
    """Split the outputs (M, V, n, C) of M models into V tensors (M, n, C); none where there are no outputs."""
    if outputs is None:
        return ()
    views = outputs.tensor.shape[1]
    return tuple(replace(outputs, name=f"{outputs.name}, view {v}", tensor=outputs.tensor[:, v]) for v in range(views))


def further_views(draft: Draft, labels: Ints) -> tuple[Augmented, ...]:
    """Build the views in their order; raises UserError if target and references were asked about different ones."""
    _check(draft)
    targets, references = (
        [View.whole(Outputs(labels, outputs, outputs.kind)) for outputs in views]
        for views in (draft.target_views, draft.reference_views)
    )
    if not references:
        return tuple(Augmented(target) for target in targets)
    return tuple(map(Augmented, targets, references))


def _check(draft: Draft) -> None:
    targets, references = draft.target_views, draft.reference_views
    if (targets or references) and draft.reference_models is not None:
        raise UserError(
            f"{draft.name}: expected {draft.name}.references.logits beside further views of the records, got "
            f"{draft.reference_models.name}; a pool holds one view, so write the references of this panel themselves"
        )
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
