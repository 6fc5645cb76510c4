"""The files in the folder of an audit: result.json, scores.parquet, evidence.safetensors and config.yaml."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import yaml
from pydantic import ValidationError

from miaudit.auditing.defences_result import DefencesResult
from miaudit.auditing.pictures import pictures
from miaudit.auditing.result import AuditResult
from miaudit.auditing.scoring import reference_loss
from miaudit.config.audit import PICTURE
from miaudit.errors import UserError
from miaudit.evidence.io.file import write_evidence
from miaudit.files import write_atomically
from miaudit.manifest import MANIFEST
from miaudit.messages import printable_json
from miaudit.model_outputs import SCALARS
from miaudit.reading.json_file import read_json
from miaudit.reading.parquet_file import read_parquet_table
from miaudit.reading.path import resolved
from miaudit.registry import explain

if TYPE_CHECKING:  # who reads a result needs nothing that carries out an audit
    from miaudit.auditing.run import Finished

RESULT, SCORES, EVIDENCE, CONFIG, REPORT, DEFENCES, GATE = (
    "result.json",
    "scores.parquet",
    "evidence.safetensors",
    "config.yaml",
    "report.html",
    "defences.json",  # instead of a result, where defences are compared
    "gate.json",  # where the audit was given a policy
)

OWN = (RESULT, SCORES, EVIDENCE, CONFIG, REPORT, DEFENCES, GATE, MANIFEST)

Loaded = TypeVar("Loaded", AuditResult, DefencesResult)


def check_inputs_stay(folder: Path, inputs: Iterable[Path | None]) -> None:
    """Raise UserError if an audit's files in the folder, or in one below it, would replace one of its inputs."""
    for path in inputs:
        for place in () if path is None else {path.absolute(), resolved(path)}:
            if place.name in OWN and resolved(folder) in (resolved(place.parent), resolved(place.parent.parent)):
                raise UserError(
                    f"cannot write results to {folder}: {place} is an input of this audit and would be replaced; "
                    "choose another --out"
                )


def scores_table(finished: "Finished") -> pa.Table:
    """One row per record: id, position, label, member, per attack its score and `NAME.member`, and the target signals.

    Where classes have names there is `class`, each further column of a table of predictions is `column.NAME`. Where
    the records are images and the verdict is a leak, `picture` has small ones of those with the highest scores.
    """
    gathered = finished.gathered
    audit = gathered.evidence.audit
    columns: dict[str, Any] = {
        "id": gathered.ids,
        "position": gathered.positions,
        "label": audit.labels,
        "member": gathered.truth,
    }
    if gathered.class_names:
        columns["class"] = np.array(gathered.class_names)[audit.labels]
    for name, judged in finished.judged.items():
        columns[name] = judged.scores
        if judged.cut is not None:
            columns[f"{name}.member"] = judged.cut.above(judged.scores, audit.labels)
    columns["signal.loss"] = audit.target("loss")
    if audit.kind not in SCALARS:
        columns["signal.correct"] = audit.target("correct")
    if (hardness := reference_loss(audit)) is not None:
        columns["signal.reference_loss"] = hardness
    columns |= {f"column.{name}": values for name, values in gathered.further.items()}
    table = pa.table({name: np.asarray(column) for name, column in columns.items()})
    if gathered.images is None or finished.result.verdict.level != "leaks":
        return table  # without a leak, the page shows no single record
    drawn = pictures(gathered.images, [judged.scores for judged in finished.judged.values()])
    return table.append_column(PICTURE, pa.array(drawn, pa.binary()))


def save(finished: "Finished", folder: Path) -> pa.Table:
    """Write the audit's files (the report apart); returns the table of scores."""
    table = scores_table(finished)
    buffer = pa.BufferOutputStream()
    pq.write_table(table, buffer)
    write_atomically(folder / SCORES, buffer.getvalue().to_pybytes())
    gathered = finished.gathered
    evidence = gathered.evidence if gathered.names is None else gathered.evidence.renamed(gathered.names)
    write_evidence(folder / EVIDENCE, evidence, gathered.truth, gathered.class_names)
    config = yaml.safe_dump(finished.result.provenance.config, sort_keys=False)
    write_atomically(folder / CONFIG, config.encode())
    write_atomically(folder / RESULT, to_json(finished.result).encode())
    return table


def to_json(result: AuditResult | DefencesResult) -> str:
    """The result as `result.json` or `defences.json` holds it."""
    return printable_json(result.model_dump_json(by_alias=True, indent=1)) + "\n"


def load_result(folder: Path) -> AuditResult:
    """Read `result.json`; raises UserError if there is no such file or it holds something else."""
    return _load(folder / RESULT, AuditResult)


def load_defences(folder: Path) -> DefencesResult:
    """Read `defences.json`; raises UserError if there is no such file or it holds something else."""
    return _load(folder / DEFENCES, DefencesResult)


def _load(path: Path, kind: type[Loaded]) -> Loaded:
    content = read_json(path, "a result in the folder of an audit")
    try:
        return kind.model_validate(content)
    except ValidationError as error:
        raise UserError(f"{path} is not the result of an audit: {explain(error)}") from None


def load_scores(folder: Path) -> pa.Table:
    """Read `scores.parquet`; raises UserError if there is no such file."""
    return read_parquet_table(folder / SCORES, "the scores of an audit")
