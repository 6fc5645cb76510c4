"""The command `score`: runs one attack on a file of evidence."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from miaudit import registry
from miaudit.cli.console import PlainConsole
from miaudit.cli.given import ColumnOptions
from miaudit.cli.options import (
    IdColumn,
    Label,
    Member,
    Members,
    NonMembers,
    OutputForm,
    Probabilities,
)
from miaudit.cli.predictions import Files, files_of
from miaudit.cli.settings import parse_options
from miaudit.errors import UserError

if TYPE_CHECKING:
    from miaudit.arrays import Bools, Floats
    from miaudit.evidence.io.opened import Opened


Attack = Annotated[str, typer.Option(help="Name of the attack; `miaudit attacks` lists them.")]
EvidenceFile = Annotated[
    Path | None, typer.Argument(help="Evidence (.safetensors), or predictions in any usual format.")
]
HyperParameters = Annotated[
    list[str] | None, typer.Option("--set", help="Set a hyper-parameter, as key=value; may be repeated.")
]
ScoresOut = Annotated[Path, typer.Option(help="File for the scores, .parquet or .csv.")]
Explanation = Annotated[Path | None, typer.Option(help="Write what the attack learned to this JSON file.")]
Seed = Annotated[int, typer.Option(min=0, help="Seed of everything random.")]


def score(
    attack: Attack,
    file: EvidenceFile = None,
    set_: HyperParameters = None,
    out: ScoresOut = Path("scores.parquet"),
    explain: Explanation = None,
    seed: Seed = 0,
    members: Members = None,
    nonmembers: NonMembers = None,
    label: Label = None,
    member: Member = None,
    probabilities: Probabilities = None,
    outputs: OutputForm = None,
    ids: IdColumn = None,
) -> None:
    """Score the records of an evidence file with one attack.

    Writes each record's id and score, and where they are known its membership and class.
    """
    from miaudit.auditing.left_out import judgeable
    from miaudit.auditing.scoring import learned
    from miaudit.auditing.scoring import score as run_attack
    from miaudit.evidence.io.file import open_evidence
    from miaudit.files import write_atomically

    files = files_of(file, members, nonmembers)
    _check_written(out, explain, files)
    hints = ColumnOptions(label, member, probabilities, outputs, ids).hints
    chosen = registry.build("attacks", attack, parse_options(set_ or []))
    console = PlainConsole(stderr=True, soft_wrap=True)
    read_as: list[str] = []
    opened = open_evidence(files.first, read_as.append, hints, files.nonmembers)
    for sentence in read_as:
        console.print(f"Read as: {sentence}")
    evidence, kept = judgeable(opened.loaded.evidence, opened.loaded.truth, [chosen])
    _write(out, opened, kept, run_attack(attack, chosen, evidence, seed))
    if explain is not None:
        write_atomically(explain, json.dumps(learned(attack, chosen, evidence, seed), indent=1).encode())
    if not kept.all():
        console.print(
            f"Left out: {int((~kept).sum()):,} records, which all {evidence.audit.n_references} reference models were "
            "trained on."
        )
    console.print(f"{int(kept.sum()):,} scores in {out}")


def _check_written(out: Path, explain: Path | None, files: Files) -> None:
    """Raise UserError where a file to write has the wrong suffix, or is one of those to read."""
    from miaudit.files import check_no_input

    if out.suffix.lower() not in (".parquet", ".csv"):
        raise UserError(f"--out {out}: expected a .parquet or .csv file")
    for written in (out, explain):
        if written is not None:
            check_no_input(written, [path for path in files if path is not None])


def _write(out: Path, opened: "Opened", kept: "Bools", scores: "Floats") -> None:
    """Write one row per record that is kept, a mask (n,) over all; the scores are those of the rows."""
    import numpy as np
    import pyarrow as pa

    from miaudit.cli.scores_file import write_scores

    loaded = opened.loaded
    columns: dict[str, Any] = {"id": loaded.ids[kept], "score": scores}
    if loaded.truth is not None:
        columns["member"] = loaded.truth[kept]
    if opened.class_names:
        columns["class"] = np.array(opened.class_names)[loaded.evidence.audit.labels[kept]]
    columns |= {f"column.{name}": values[kept] for name, values in opened.further.items()}
    write_scores(out, pa.table({name: np.asarray(column) for name, column in columns.items()}))
