"""Evidence on disk, format `evidence/1`: one safetensors file that any language can write.

The header's metadata is `{"miaudit": "evidence/1"}`; `class_names`, a JSON list of C texts, is optional. The tensors, P
being one of `audit`, `shadow.0`, `shadow.1`, ..., `known`, `population` (n records, R references, S shadows, C classes,
Z population records, M pool models):

    P.labels                          (n,) int64           classes from 0
    P.member                          (n,) uint8           1 member, 0 not; for `audit` optional: for the metrics only
    P.target.logits | .probs          (n, C) float32/64    outputs of the model under attack
    P.references.logits | .probs      (R, n, C)            outputs of the reference models, the same in every panel
    P.in_reference                    (R, n) uint8         1 where reference r was trained on record i; else all 0
    P.target.views.logits | .probs    (V, n, C)            optional: the target on V further views of the records
    P.references.views.logits | .probs (R, V, n, C)        the reference models on these views
    P.students.logits | .probs        (K, n, C)            optional: models that learned what the target answers
    P.taught                          (K, n) uint8         1 where student k learned the answer about record i
    P.ids                             (n,) int64           optional: the same id is the same record, in any panel
    population.shadow_targets.logits  (S, Z, C)            optional: the population as the shadow models see it

`.loss` or `.score` in the place of `.logits` is one number per record, without the axis C: P.target.loss is (n,). Then
there are no classes, and P.labels is left out.

*Pool form*: outputs of M models on N records are written once, and panels refer to them by model and by id.

    pool.logits | .probs              (M, N, C)
    pool.in_training                  (M, N) uint8         1 where model m was trained on record i
    pool.labels, pool.ids             (N,) int64           both, or neither: the records of `audit`, in their order
    P.references.models               (R,) int64           in the place of P.references and P.in_reference
    shadow.0.target.models            (1,) int64           the model that is shadow 0, in the place of outputs, labels
                                                           and member; its records are shadow.0.ids, else all

If `audit` has no references, they are all models of the pool. If there is no `shadow.*`, every model is a shadow on all
records. A shadow of the pool that names no references has all other models, except a twin that was trained on just the
records that it was not: the twin would give its members away. If the population has `references.models`, each shadow of
the pool sees it, too.
"""

import re
from difflib import get_close_matches
from pathlib import Path

import numpy as np

from miaudit.arrays import Bools
from miaudit.errors import UserError
from miaudit.evidence.checks import NamedArray
from miaudit.evidence.evidence import Evidence
from miaudit.evidence.io.assemble import LoadedEvidence, assemble
from miaudit.evidence.io.class_names import from_metadata, to_metadata
from miaudit.evidence.io.draft import Draft, PoolDraft
from miaudit.evidence.io.draft_views import split_views
from miaudit.evidence.io.opened import Note, Opened, unheard
from miaudit.evidence.io.source import Pinned
from miaudit.evidence.io.stored import Stored
from miaudit.evidence.io.tensors import Blocks, TensorFile, write_tensors
from miaudit.evidence.io.to_write import tensors_of
from miaudit.messages import NAME, shortened
from miaudit.model_outputs import SCALARS, OutputKind
from miaudit.reading.hints import NO_HINTS, Hints
from miaudit.reading.path import MOST_BYTES, about, check_file
from miaudit.reading.suffixes import sheet_of

VERSION = "evidence/1"
KEY = "miaudit"  # of the version, in the header's metadata
KINDS: tuple[OutputKind, ...] = ("logits", "probs", *SCALARS)
PANEL = re.compile(r"(audit|known|population|shadow\.(?:0|[1-9][0-9]*))\.")
KEYS = ("target", "references", "target.views", "references.views")
SHAPES = {  # by dimensions, and whether they are one model's
    (2, True): "(n, classes)",
    (3, True): "(views, n, classes)",
    (3, False): "(models, n, classes)",
    (4, False): "(models, views, n, classes)",
}
OUTPUTS = tuple(f"{key}.{kind}" for key in KEYS for kind in KINDS)
OF_STUDENTS = ("students.logits", "students.probs", "taught")
FIELDS = ("labels", "member", "ids", "in_reference", *OUTPUTS, "references.models", *OF_STUDENTS)
OF_POOL = tuple(f"{key}.{kind}" for key in ("pool", "pool.views") for kind in KINDS)
POOL = (*OF_POOL, "pool.in_training", "pool.labels", "pool.ids")
TENSORS = ".safetensors"


def read_evidence(
    path: str | Path, note: Note = unheard, hints: Hints = NO_HINTS, nonmembers: Path | None = None
) -> LoadedEvidence:
    """Read a `.safetensors` file of evidence, or predictions in any table, as `open_evidence` does."""
    return open_evidence(path, note, hints, nonmembers).loaded


def open_evidence(
    path: str | Path, note: Note = unheard, hints: Hints = NO_HINTS, nonmembers: Path | None = None
) -> Opened:
    """Read a file of evidence; outputs in a large safetensors file stay on disk until they are used.

    Args:
        path: the file; that of the members' predictions, if there is a second one.
        note: called with a sentence on each way in which a table differs from the documented form, yet was understood.
        hints: what the user says about a table's columns.
        nonmembers: a second table, of predictions on non-members.

    Raises:
        UserError: the file is missing or of another kind, something in it is missing or wrong, or it is written to at
            the same time.

    Example:
        >>> open_evidence("train.csv", nonmembers=Path("test.csv")).loaded.truth.sum()  # doctest: +SKIP
        200
    """
    path = Path(path)
    check_file(sheet_of(path).path, "an evidence file", MOST_BYTES)
    if path.suffix.lower() != TENSORS:
        from miaudit.evidence.io.predictions import open_predictions  # pyarrow takes long to import

        return open_predictions(path, note, hints, nonmembers)
    if hints != NO_HINTS or nonmembers is not None:
        raise UserError(f"{path}: options on columns and a second file are for tables, got a file of tensors")
    with about(path):
        return _read_tensors(TensorFile(path))


def write_evidence(
    path: str | Path, evidence: Evidence, truth: Bools | None = None, class_names: tuple[str, ...] = ()
) -> None:
    """Write a `.safetensors` file of evidence, in pool form if shadows and references are views of one table.

    Missing folders are made; an interrupted call leaves no file.

    Args:
        path: where to write; a file that is there is replaced.
        evidence: what to write.
        truth: (n,) membership of the audited records, if it is known; evidence does not hold it.
        class_names: (C,) names of the classes; none where they are numbered from 0.

    Raises:
        UserError: the file cannot be written, or the disk is full.
    """
    if truth is not None and truth.shape != (len(evidence.audit),):
        raise ValueError(f"expected the membership of {len(evidence.audit)} audited records, got shape {truth.shape}")
    tensors = tensors_of(evidence)
    if truth is not None:
        tensors["audit.member"] = Blocks.of(truth.astype(np.uint8))
    write_tensors(Path(path), tensors, {KEY: VERSION, **to_metadata(class_names, evidence.audit.n_classes)})


def _read_tensors(file: TensorFile) -> Opened:
    if file.metadata.get(KEY) != VERSION:
        came = f"version {file.metadata[KEY]!r}" if KEY in file.metadata else "none"
        raise UserError(f'expected the metadata {{"{KEY}": "{VERSION}"}} in the header, got {came}')
    _check_names(file.names)
    panels = dict.fromkeys(match[1] for name in file.names if (match := PANEL.match(name)))
    loaded = assemble({panel: _draft(file, panel) for panel in panels}, _pool_draft(file))
    names = from_metadata(file.metadata, loaded.evidence.audit.n_classes)
    digest = file.digest()
    return Opened(loaded, digest, None if file.is_small else Pinned(file.source, digest), class_names=names)


def _check_names(names: tuple[str, ...]) -> None:
    panels = {"audit", "known", "population", "shadow.0"} | {match[1] for name in names if (match := PANEL.match(name))}
    allowed = {f"{panel}.{field}" for panel in panels for field in FIELDS} | set(POOL)
    allowed |= {f"{panel}.target.models" for panel in panels if panel.startswith("shadow.")}
    allowed |= {f"population.shadow_targets.{kind}" for kind in KINDS}
    for name in names:
        if name not in allowed:
            raise UserError(f"there is no tensor {shortened(name)} in the format: {_hint(name, allowed)}")


def _hint(name: str, allowed: set[str]) -> str:
    close = get_close_matches(name[:NAME], sorted(allowed), n=1)
    fields = f"expected PANEL.FIELD, with FIELD one of {', '.join(FIELDS)}"
    return f"did you mean {close[0]!r}?" if close else fields


def _draft(file: TensorFile, panel: str) -> Draft:
    return Draft(
        name=panel,
        labels=_given(file, f"{panel}.labels"),
        target=_outputs(file, f"{panel}.target", ndim=2, one_model=True),
        target_models=_given(file, f"{panel}.target.models"),
        references=_outputs(file, f"{panel}.references", ndim=3),
        reference_models=_given(file, f"{panel}.references.models"),
        in_reference=_given(file, f"{panel}.in_reference"),
        member=_given(file, f"{panel}.member"),
        ids=_given(file, f"{panel}.ids"),
        shadow_targets=_outputs(file, f"{panel}.shadow_targets", ndim=3),
        target_views=split_views(_outputs(file, f"{panel}.target.views", ndim=3, one_model=True)),
        reference_views=split_views(_outputs(file, f"{panel}.references.views", ndim=4)),
        students=_outputs(file, f"{panel}.students", ndim=3),
        taught=_given(file, f"{panel}.taught"),
    )


def _pool_draft(file: TensorFile) -> PoolDraft | None:
    if not any(name in POOL for name in file.names):
        return None
    outputs, in_training = _outputs(file, "pool", ndim=3), _given(file, "pool.in_training")
    if outputs is None or in_training is None:
        missing = "pool.logits, pool.probs, pool.loss or pool.score" if outputs is None else "pool.in_training"
        raise UserError(f"expected outputs and training sets of the pool, got no {missing}")
    views = split_views(_outputs(file, "pool.views", ndim=4))
    return PoolDraft(outputs, in_training, _given(file, "pool.labels"), _given(file, "pool.ids"), views)


def _given(file: TensorFile, name: str) -> NamedArray | None:
    return NamedArray(name, file.array(name)) if name in file.names else None


def _outputs(file: TensorFile, name: str, ndim: int, one_model: bool = False) -> Stored | None:
    """Find the outputs `name.logits` or of another kind; those of one model get an axis of models, numbers one of C."""
    kinds = [kind for kind in KINDS if f"{name}.{kind}" in file.names]
    if not kinds:
        return None
    full = f"{name}.{kinds[0]}"
    if len(kinds) > 1:
        raise UserError(f"expected {full} or {name}.{kinds[1]}, got both")
    tensor = file.tensor(full)
    scalar = kinds[0] in SCALARS
    if tensor.ndim != ndim - scalar:
        shape = SHAPES[ndim, one_model]
        expected = shape.replace(", classes", "," * (ndim == 2)) if scalar else shape
        raise UserError(f"{full}: expected shape {expected}, got {tensor.shape}")
    tensor = tensor[..., None] if scalar else tensor
    return Stored(full, tensor[None] if one_model else tensor, kinds[0])
