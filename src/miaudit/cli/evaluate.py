"""The command `evaluate`: measures any scores."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from miaudit.cli.console import PlainConsole
from miaudit.reading.path import about

ScoresFile = Annotated[
    Path,
    typer.Argument(
        help="A .parquet or .csv file with columns `score` and `member`; optional: `label`, `loss`, "
        "`reference_loss` (log p_y on the target, and its mean over models trained without the record), `target`."
    ),
]
ScoreColumn = Annotated[
    str, typer.Option(help="Column that holds the scores; in the scores of an audit, the name of an attack.")
]
Cut = Annotated[
    float | None,
    typer.Option(help="Also report counts and rates for records that score strictly above this value."),
]
OneRun = Annotated[
    int,
    typer.Option(
        min=0, help="Number of guesses of a one-run audit, whose members were drawn by independent fair coins."
    ),
]
Delta = Annotated[float, typer.Option(min=0, max=1, help="Delta of the one-run audit's bound on epsilon.")]
JsonFile = Annotated[Path | None, typer.Option("--out", help="Also write the metrics to this JSON file.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]


def evaluate(
    scores: ScoresFile,
    score: ScoreColumn = "score",
    cut: Cut = None,
    one_run: OneRun = 0,
    delta: Delta = 0.0,
    out: JsonFile = None,
    as_json: AsJson = False,
) -> None:
    """Print metrics with intervals for any file of scores.

    A higher score must mean that the record is more likely a member.
    """
    from miaudit.cli.evaluated import evaluation_table
    from miaudit.cli.scores_file import read_scores
    from miaudit.files import check_no_input, write_atomically
    from miaudit.metrics.evaluation import EvaluationOptions
    from miaudit.metrics.evaluation import evaluate as measure

    if out is not None:
        check_no_input(out, (scores,))
    asked = EvaluationOptions(cut=cut, one_run_guesses=one_run, delta=delta)
    with about(scores):
        found = measure(read_scores(scores, score), asked)
    text = found.to_json() + "\n"
    if out is not None:
        write_atomically(out, text.encode())
    if as_json:
        sys.stdout.write(text)
    else:
        PlainConsole().print(evaluation_table(found))
