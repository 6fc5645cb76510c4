"""The commands `score` and `evaluate`: run one attack on a file of evidence, and measure any scores."""

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from miaudit import registry
from miaudit.cli.console import PlainConsole
from miaudit.cli.options import (
    IdColumn,
    Label,
    Member,
    Members,
    NonMembers,
    OutputForm,
    Probabilities,
)
from miaudit.cli.predictions import files_of, hints_of
from miaudit.cli.settings import parse_options
from miaudit.errors import UserError
from miaudit.reading.path import about


def score(
    attack: Annotated[str, typer.Option(help="Name of the attack; `miaudit attacks` lists them.")],
    file: Annotated[
        Path | None, typer.Argument(help="Evidence (.safetensors), or predictions in any usual format.")
    ] = None,
    set_: Annotated[
        list[str] | None, typer.Option("--set", help="Set a hyper-parameter, as key=value; may be repeated.")
    ] = None,
    out: Annotated[Path, typer.Option(help="File for the scores, .parquet or .csv.")] = Path("scores.parquet"),
    explain: Annotated[Path | None, typer.Option(help="Write what the attack learned to this JSON file.")] = None,
    seed: Annotated[int, typer.Option(min=0, help="Seed of everything random.")] = 0,
    members: Members = None,
    nonmembers: NonMembers = None,
    label: Label = None,
    member: Member = None,
    probabilities: Probabilities = None,
    outputs: OutputForm = None,
    ids: IdColumn = None,
) -> None:
    """Score the audited records of an evidence file with one attack; writes id, score, and member if it is known."""
    import numpy as np
    import pyarrow as pa

    from miaudit.attacks.base import Explains
    from miaudit.auditing.left_out import judgeable
    from miaudit.auditing.scoring import score as run_attack
    from miaudit.cli.scores_file import write_scores
    from miaudit.evidence.io.file import open_evidence
    from miaudit.files import check_no_input, write_atomically
    from miaudit.seeds import generator

    if out.suffix.lower() not in (".parquet", ".csv"):
        raise UserError(f"--out {out}: expected a .parquet or .csv file")
    files = files_of(file, members, nonmembers)
    hints = hints_of(label, member, probabilities, outputs, ids)
    for written in (out, explain):
        if written is not None:
            check_no_input(written, [path for path in files if path is not None])
    chosen = registry.build("attacks", attack, parse_options(set_ or []))
    console = PlainConsole(stderr=True, soft_wrap=True)
    read_as: list[str] = []
    opened = open_evidence(files.first, read_as.append, hints, files.nonmembers)
    for sentence in read_as:
        console.print(f"Read as: {sentence}")
    loaded = opened.loaded
    evidence, kept = judgeable(loaded.evidence, loaded.truth, [chosen])
    columns: dict[str, Any] = {"id": loaded.ids[kept], "score": run_attack(attack, chosen, evidence, seed)}
    if loaded.truth is not None:
        columns["member"] = loaded.truth[kept]
    columns |= {f"column.{name}": values[kept] for name, values in opened.further.items()}
    write_scores(out, pa.table({name: np.asarray(column) for name, column in columns.items()}))
    if explain is not None:
        learned = chosen.explain(evidence, generator(seed, "attack", attack)) if isinstance(chosen, Explains) else {}
        write_atomically(explain, json.dumps(learned, indent=1).encode())
    if not kept.all():
        console.print(
            f"Left out: {int((~kept).sum()):,} records, which all {evidence.audit.n_references} reference models were "
            "trained on."
        )
    console.print(f"{int(kept.sum()):,} scores in {out}")


def evaluate(
    scores: Annotated[
        Path,
        typer.Argument(
            help="A .parquet or .csv file with columns `score` and `member`; optional: `label`, `loss`, "
            "`reference_loss` (log p_y on the target, and its mean over models trained without the record), `target`."
        ),
    ],
    score: Annotated[
        str, typer.Option(help="Column that holds the scores; in the scores of an audit, the name of an attack.")
    ] = "score",
    cut: Annotated[
        float | None,
        typer.Option(help="Also report counts and rates for records that score strictly above this value."),
    ] = None,
    one_run: Annotated[
        int,
        typer.Option(
            min=0, help="Number of guesses of a one-run audit, whose members were drawn by independent fair coins."
        ),
    ] = 0,
    delta: Annotated[float, typer.Option(min=0, max=1, help="Delta of the one-run audit's bound on epsilon.")] = 0.0,
    json_: Annotated[
        Path | None, typer.Option("--json", help="Write the metrics to this JSON file; - prints them.")
    ] = None,
) -> None:
    """Print metrics with intervals for any file of scores. Higher scores mean more likely a member."""
    from miaudit.cli.scores_file import read_scores
    from miaudit.cli.shown import evaluation_table
    from miaudit.files import check_no_input, write_atomically
    from miaudit.metrics.evaluation import EvaluationOptions
    from miaudit.metrics.evaluation import evaluate as measure

    if json_ is not None:
        check_no_input(json_, (scores,))
    asked = EvaluationOptions(cut=cut, one_run_guesses=one_run, delta=delta)
    with about(scores):
        found = measure(read_scores(scores, score), asked)
    text = found.to_json() + "\n"
    if json_ == Path("-"):
        sys.stdout.write(text)
        return
    if json_ is not None:
        write_atomically(json_, text.encode())
    PlainConsole().print(evaluation_table(found))
