"""Lists the tensors of evidence for a file in the format `evidence/1`, which `file.py` describes."""

from dataclasses import replace

import numpy as np

from miaudit.evidence.evidence import Evidence
from miaudit.evidence.io.pooled import panels_on_target, pool_of, same_references
from miaudit.evidence.io.tensors import Blocks
from miaudit.evidence.panel import Panel, View
from miaudit.evidence.pool import Pool
from miaudit.model_outputs import SCALARS


def tensors_of(evidence: Evidence) -> dict[str, Blocks]:
    """List the tensors by name, in pool form if shadows and references are views of one table."""
    pool = pool_of(evidence)
    return _plain_tensors(evidence) if pool is None else _pool_tensors(evidence, pool)


def _plain_tensors(evidence: Evidence) -> dict[str, Blocks]:
    tensors: dict[str, Blocks] = {}
    shadows = {f"shadow.{s}": shadow for s, shadow in enumerate(evidence.shadows)}
    for name, panel in (panels_on_target(evidence) | shadows).items():
        tensors |= _records(name, panel) | _one_model(f"{name}.target", panel.target_view)
        if panel.reference_view is not None:
            tensors |= _outputs_of(f"{name}.references", panel.reference_view)
            tensors[f"{name}.in_reference"] = Blocks.of(panel.in_reference.astype(np.uint8))
        if panel.views:
            tensors |= _view_tensors(name, panel)
        tensors |= _students(name, panel)
    if evidence.shadow_populations:
        tensors |= _shadow_targets(evidence)
    return tensors


def _students(name: str, panel: Panel) -> dict[str, Blocks]:
    """List what the students of the panel's target answer, (K, n, C), and learned from, (K, n); nothing without any."""
    if panel.students is None:
        return {}
    taught = Blocks.of(panel.students.taught.astype(np.uint8))
    return _outputs_of(f"{name}.students", panel.students.view) | {f"{name}.taught": taught}


def _view_tensors(name: str, panel: Panel) -> dict[str, Blocks]:
    """List the further views of the records: the target's (V, n, C), the references' (R, V, n, C)."""
    tensors = _outputs_of(f"{name}.target.views", *(view.target for view in panel.views))
    references = [view.references for view in panel.views if view.references is not None]
    return tensors | _views_of_models(f"{name}.references", references)


def _views_of_models(name: str, views: list[View]) -> dict[str, Blocks]:
    """List the outputs (M, V, n, C) of the same models in each of these views; nothing without views."""
    if not views:
        return {}
    count = len(views[0].models)
    each = (replace(view, models=view.models[[m]]) for m in range(count) for view in views)
    return {
        full: blocks._replace(shape=(count, len(views), *blocks.shape[1:]))
        for full, blocks in _outputs_of(f"{name}.views", *each).items()
    }


def _pool_tensors(evidence: Evidence, pool: Pool) -> dict[str, Blocks]:
    tensors = {
        "pool.labels": Blocks.of(pool.view.labels.astype(np.int64)),
        "pool.ids": Blocks.of(pool.ids.astype(np.int64)),
        "pool.in_training": Blocks.of(pool.in_training.astype(np.uint8)),
        **_outputs_of("pool", pool.view),
        **_views_of_models("pool", [pool.seen(pool.view, v) for v in range(len(pool.views))]),
    }
    for name, panel in panels_on_target(evidence).items():
        tensors |= _records(name, panel) | _one_model(f"{name}.target", panel.target_view)
        if panel.views:
            tensors |= _outputs_of(f"{name}.target.views", *(view.target for view in panel.views))
        if panel.reference_view is not None:
            tensors[f"{name}.references.models"] = Blocks.of(pool.models(panel.reference_view))
        tensors |= _students(name, panel)
    for s, shadow in enumerate(evidence.shadows):
        tensors[f"shadow.{s}.ids"] = _records("shadow", shadow)["shadow.ids"]
        tensors[f"shadow.{s}.target.models"] = Blocks.of(pool.models(shadow.target_view))
        # An empty list is written, too: a shadow without one has all other models.
        tensors[f"shadow.{s}.references.models"] = Blocks.of(pool.models(shadow.reference_view))
        tensors |= _students(f"shadow.{s}", shadow)
    return tensors


def _records(name: str, panel: Panel) -> dict[str, Blocks]:
    """List labels, membership and ids of the panel's records."""
    tensors = {f"{name}.labels": Blocks.of(panel.labels.astype(np.int64))}
    if panel.member is not None:
        tensors[f"{name}.member"] = Blocks.of(panel.member.astype(np.uint8))
    if panel.ids is not None:
        tensors[f"{name}.ids"] = Blocks.of(panel.ids.astype(np.int64))
    return tensors


def _one_model(name: str, view: View) -> dict[str, Blocks]:
    """List the outputs of a view of one model, (n, C)."""
    return {full: blocks._replace(shape=blocks.shape[1:]) for full, blocks in _outputs_of(name, view).items()}


def _outputs_of(name: str, *views: View) -> dict[str, Blocks]:
    """List the outputs of all models of these views, in order; all views have the same records and kind."""
    first = views[0].outputs.values[0]
    dtype = np.float64 if first.dtype == np.float64 else np.float32
    shape: tuple[int, ...] = (sum(len(view.models) for view in views), len(views[0].records), first.shape[1])
    blocks = (view.outputs.values[m][view.records] for view in views for m in view.models)
    if views[0].outputs.kind in SCALARS:
        shape, blocks = shape[:2], (block[:, 0] for block in blocks)
    return {f"{name}.{views[0].outputs.kind}": Blocks(dtype, shape, blocks)}


def _shadow_targets(evidence: Evidence) -> dict[str, Blocks]:
    """List the population as every shadow sees it; the format has one population for all of them."""
    if evidence.population is None:
        raise ValueError("the population as the shadows see it needs the population")
    for panel in evidence.shadow_populations:
        same = same_references(panel, evidence.population)
        if not same or not np.array_equal(panel.labels, evidence.population.labels):
            raise ValueError(
                "the format holds one population and one set of references of it, the same for all shadows"
            )
    return _outputs_of("population.shadow_targets", *(panel.target_view for panel in evidence.shadow_populations))
