"""Evidence on disk, format `evidence/1`: one safetensors file that any language can write.

The header's metadata is `{"miaudit": "evidence/1"}`. The tensors, P being one of `audit`, `shadow.0`, `shadow.1`, ...,
`known`, `population` (n records, R references, S shadows, C classes, Z population records, M pool models):

    P.labels                          (n,) int64           classes from 0
    P.member                          (n,) uint8           1 member, 0 not; for `audit` optional: for the metrics only
    P.target.logits | .probs          (n, C) float32/64    outputs of the model under attack
    P.references.logits | .probs      (R, n, C)            outputs of the reference models, the same in every panel
    P.in_reference                    (R, n) uint8         1 where reference r was trained on record i; else all 0
    P.ids                             (n,) int64           optional: the same id is the same record, in any panel
    population.shadow_targets.logits  (S, Z, C)            optional: the population as the shadow models see it

*Pool form*: M models over the audited records, each a shadow with the others as its references. `audit.references` and
`audit.in_reference` are then absent, and so are all `shadow.*` and `population.shadow_targets`; in their place

    pool.logits | .probs              (M, n, C)            outputs on the audited records, in their order
    pool.in_training                  (M, n) uint8         1 where model m was trained on record i
    pool.shadows                      (S,) int64           optional: which models serve as shadows; else all

`known.references` and `population.references` then hold the M pool models, too.
"""

import re
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path

import numpy as np

from miaudit.arrays import Bools, Ints
from miaudit.errors import UserError
from miaudit.evidence.assemble import Draft, Loaded, assemble
from miaudit.evidence.checks import Given
from miaudit.evidence.panel import Evidence, Panel, View
from miaudit.evidence.pool import same_references, shadows_in_pool
from miaudit.evidence.stored import Kind, Stored
from miaudit.evidence.tensors import Blocks, TensorFile, write_tensors

VERSION = "evidence/1"
KEY = "miaudit"  # of the version, in the header's metadata
KINDS: tuple[Kind, ...] = ("logits", "probs")
PANEL = re.compile(r"(audit|known|population|shadow\.(?:0|[1-9][0-9]*))\.")
OUTPUTS = ("target.logits", "target.probs", "references.logits", "references.probs")
FIELDS = ("labels", "member", "ids", "in_reference", *OUTPUTS)
ONLY_POPULATION = tuple(f"shadow_targets.{kind}" for kind in KINDS)
POOL = ("pool.in_training", "pool.shadows", *(f"pool.{kind}" for kind in KINDS))
REPLACED_BY_POOL = ("audit.references", "audit.in_reference", "shadow.", "population.shadow_targets")
TABLES = (".csv", ".parquet")


def read_evidence(path: str | Path) -> Loaded:
    """Read a `.safetensors`, `.csv` or `.parquet` evidence file; outputs in safetensors stay on disk until asked for.

    Raises:
        UserError: the file is missing or of another kind, or something in it is missing or wrong.
    """
    path = Path(path)
    if not path.is_file():
        raise UserError(f"{path}: expected an evidence file, got {'a folder' if path.is_dir() else 'no such file'}")
    if path.suffix.lower() not in (".safetensors", *TABLES):
        raise UserError(f"{path}: expected a file .safetensors, .parquet or .csv, got {path.suffix or 'no suffix'}")
    try:
        if path.suffix.lower() in TABLES:
            from miaudit.evidence.table import read_table  # pyarrow takes long to import

            return assemble(read_table(path))
        return _read_tensors(TensorFile(path))
    except UserError as error:
        raise UserError(f"{path}: {error}") from None


def write_evidence(path: str | Path, evidence: Evidence, truth: Bools | None = None) -> None:
    """Write a `.safetensors` evidence file, in pool form where the shadows are the audited panel's references.

    Missing folders are made; an interrupted call leaves no file. `truth` is the membership of the audited records.
    """
    if truth is not None and truth.shape != (len(evidence.audit),):
        raise ValueError(f"expected the membership of {len(evidence.audit)} audited records, got shape {truth.shape}")
    write_tensors(Path(path), _tensors(evidence, truth), {KEY: VERSION})


def _read_tensors(file: TensorFile) -> Loaded:
    if file.metadata.get(KEY) != VERSION:
        came = f"version {file.metadata[KEY]!r}" if KEY in file.metadata else "none"
        raise UserError(f'expected the metadata {{"{KEY}": "{VERSION}"}} in the header, got {came}')
    _check_names(file.names)
    panels = dict.fromkeys(match[1] for name in file.names if (match := PANEL.match(name)))
    drafts = {panel: _draft(file, panel) for panel in panels}
    if any(name in file.names for name in POOL):
        return assemble(_with_pool(file, drafts), is_pool=True, pool_shadows=_given(file, "pool.shadows"))
    return assemble(drafts)


def _check_names(names: tuple[str, ...]) -> None:
    panels = {"audit", "known", "population", "shadow.0"} | {match[1] for name in names if (match := PANEL.match(name))}
    allowed = {f"{panel}.{field}" for panel in panels for field in FIELDS}
    allowed |= {f"population.{field}" for field in ONLY_POPULATION} | set(POOL)
    for name in names:
        if name not in allowed:
            close = get_close_matches(name, sorted(allowed), n=1)
            hint = (
                f"did you mean {close[0]!r}?"
                if close
                else f"expected PANEL.FIELD, with FIELD one of {', '.join(FIELDS)}"
            )
            raise UserError(f"there is no tensor {name!r} in the format: {hint}")


def _draft(file: TensorFile, panel: str) -> Draft:
    target = _outputs(file, f"{panel}.target", ndim=2)
    if target is None:
        raise UserError(f"expected the tensor {panel}.target.logits or {panel}.target.probs, got neither")
    labels = _given(file, f"{panel}.labels")
    if labels is None:
        raise UserError(f"expected the tensor {panel}.labels, got none")
    return Draft(
        name=panel,
        labels=labels,
        target=target,
        references=_outputs(file, f"{panel}.references", ndim=3),
        in_reference=_given(file, f"{panel}.in_reference"),
        member=_given(file, f"{panel}.member"),
        ids=_given(file, f"{panel}.ids"),
        shadow_targets=_outputs(file, f"{panel}.shadow_targets", ndim=3),
    )


def _with_pool(file: TensorFile, drafts: dict[str, Draft]) -> dict[str, Draft]:
    """The drafts in which the pool models are the audited panel's references."""
    pool, in_training = _outputs(file, "pool", ndim=3), _given(file, "pool.in_training")
    if pool is None or in_training is None:
        missing = "pool.logits or pool.probs" if pool is None else "pool.in_training"
        raise UserError(f"expected outputs and training sets of the pool, got no {missing}")
    for name in file.names:
        if name.startswith(REPLACED_BY_POOL):
            raise UserError(f"expected no {name} beside pool.*: the pool models are the references and the shadows")
    if "audit" not in drafts:
        return drafts
    return drafts | {"audit": replace(drafts["audit"], references=pool, in_reference=in_training)}


def _given(file: TensorFile, name: str) -> Given | None:
    return Given(name, file.array(name)) if name in file.names else None


def _outputs(file: TensorFile, name: str, ndim: int) -> Stored | None:
    """The outputs `name.logits` or `name.probs`, (n, C) as those of one model."""
    kinds = [kind for kind in KINDS if f"{name}.{kind}" in file.names]
    if not kinds:
        return None
    full = f"{name}.{kinds[0]}"
    if len(kinds) > 1:
        raise UserError(f"expected {full} or {name}.{kinds[1]}, got both")
    tensor = file.array(full)
    if tensor.ndim != ndim:
        expected = "(n, classes)" if ndim == 2 else "(models, n, classes)"
        raise UserError(f"{full}: expected shape {expected}, got {tensor.shape}")
    return Stored(full, tensor if ndim == 3 else tensor[None], kinds[0])


def _tensors(evidence: Evidence, truth: Bools | None) -> dict[str, Blocks]:
    audit, models = evidence.audit, shadows_in_pool(evidence)
    tensors = _panel_tensors("audit", audit if models is None else replace(audit, reference_view=None))
    if truth is not None:
        tensors["audit.member"] = Blocks.of(truth.astype(np.uint8))
    if models is None:
        for s, shadow in enumerate(evidence.shadows):
            tensors |= _panel_tensors(f"shadow.{s}", shadow)
    else:
        tensors |= _pool_tensors(audit, models)
    if evidence.known is not None:
        tensors |= _panel_tensors("known", evidence.known)
    if evidence.population is not None:
        tensors |= _panel_tensors("population", evidence.population)
    if models is None and evidence.shadow_populations:
        tensors["population.shadow_targets.logits"] = _shadow_targets(evidence)
    return tensors


def _pool_tensors(audit: Panel, models: Ints) -> dict[str, Blocks]:
    if audit.reference_view is None:
        return {}
    return {
        "pool.logits": _logits(audit.reference_view),
        "pool.in_training": Blocks.of(audit.in_reference.astype(np.uint8)),
        "pool.shadows": Blocks.of(models.astype(np.int64)),
    }


def _panel_tensors(name: str, panel: Panel) -> dict[str, Blocks]:
    logits = _logits(panel.target_view)
    tensors = {
        f"{name}.labels": Blocks.of(panel.labels.astype(np.int64)),
        f"{name}.target.logits": logits._replace(shape=logits.shape[1:]),
    }
    if panel.member is not None:
        tensors[f"{name}.member"] = Blocks.of(panel.member.astype(np.uint8))
    if panel.ids is not None:
        tensors[f"{name}.ids"] = Blocks.of(panel.ids.astype(np.int64))
    if panel.reference_view is not None:
        tensors[f"{name}.references.logits"] = _logits(panel.reference_view)
        tensors[f"{name}.in_reference"] = Blocks.of(panel.in_reference.astype(np.uint8))
    return tensors


def _logits(*views: View) -> Blocks:
    """The logits of all models of these views, one after the other; the views have the same records."""
    logits = [view.outputs.logits for view in views]
    first = logits[0][0]
    dtype = np.float64 if first.dtype == np.float64 else np.float32
    shape = (sum(len(view.models) for view in views), len(views[0].records), first.shape[1])
    return Blocks(dtype, shape, (view.outputs.logits[m][view.records] for view in views for m in view.models))


def _shadow_targets(evidence: Evidence) -> Blocks:
    """The population as every shadow sees it; the format has it over one and the same population."""
    if evidence.population is None:
        raise ValueError("the population as the shadows see it needs the population")
    for panel in evidence.shadow_populations:
        same = same_references(panel, evidence.population)
        if not same or not np.array_equal(panel.labels, evidence.population.labels):
            raise ValueError(
                "the format holds one population and one set of references of it, the same for all shadows"
            )
    return _logits(*(panel.target_view for panel in evidence.shadow_populations))
