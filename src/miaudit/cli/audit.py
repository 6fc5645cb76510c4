"""Commands `demo` and `audit`."""

import sys
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
import yaml

from miaudit.cli.choices import Choices
from miaudit.cli.console import PlainConsole
from miaudit.cli.options import (
    DataRoot,
    IdColumn,
    Jobs,
    Label,
    Member,
    Members,
    NonMembers,
    Out,
    OutputForm,
    Probabilities,
    Ray,
    StorePlace,
)
from miaudit.cli.predictions import Files, evidence_config, files_of, hints_of, is_evidence
from miaudit.config import AuditConfig, load_config, parse_config
from miaudit.errors import UserError
from miaudit.files import check_writable
from miaudit.reading.hints import NO_HINTS, Hints
from miaudit.reading.path import about

if TYPE_CHECKING:
    from miaudit.auditing.result import AuditResult


def demo(out: Out = None, store: StorePlace = None, jobs: Jobs = None) -> None:
    """Audit a network on real handwritten digits. Takes about a minute, and no data of yours."""
    text = files("miaudit.cli").joinpath("demo.yaml").read_text(encoding="utf-8")
    _audit(parse_config(yaml.safe_load(text)), out or Path("miaudit-demo"), Choices(None, store, jobs))


def audit(
    config: Annotated[
        Path | None,
        typer.Argument(help="A YAML configuration, a file of predictions in any usual format, or a .safetensors file."),
    ] = None,
    out: Out = None,
    store: StorePlace = None,
    jobs: Jobs = None,
    ray: Ray = None,
    data_root: DataRoot = None,
    device: Annotated[
        str | None,
        typer.Option(help="Where networks are trained: auto (CUDA if there is any, else the CPU), cpu, cuda or mps."),
    ] = None,
    budget: Annotated[
        str | None, typer.Option(help="Time for training, such as 90s, 10m or 2h: sets the number of pool models.")
    ] = None,
    confirm_above: Annotated[
        str | None,
        typer.Option(help="Ask before training that takes longer than this, such as 10m. Default: never ask."),
    ] = None,
    plan_only: Annotated[
        bool,
        typer.Option("--plan-only", "--dry-run", help="Print what would be trained and how long it takes, then stop."),
    ] = False,
    anytime: Annotated[
        bool,
        typer.Option(
            "--anytime", help="Write a preliminary report each time the number of trained models has doubled."
        ),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print result.json instead of a table.")] = False,
    members: Members = None,
    nonmembers: NonMembers = None,
    label: Label = None,
    member: Member = None,
    probabilities: Probabilities = None,
    outputs: OutputForm = None,
    ids: IdColumn = None,
) -> None:
    """Run an audit. After an interrupt, the same command goes on where it stopped."""
    predictions = files_of(config, members, nonmembers)
    parsed = _parsed(predictions, hints_of(label, member, probabilities, outputs, ids))
    config = predictions.first
    choices = Choices(config, store, jobs, ray, data_root, device, budget, confirm_above, plan_only, anytime, as_json)
    _audit(parsed, out or Path(f"{config.stem}-audit"), choices)


def _parsed(predictions: Files, hints: Hints) -> AuditConfig:
    if predictions.nonmembers is not None or is_evidence(predictions.first):
        return parse_config(evidence_config(predictions, hints))
    if hints != NO_HINTS:
        raise UserError("options on columns are for a file of predictions; in a configuration, use `reading`")
    return load_config(predictions.first)


def _audit(config: AuditConfig, out: Path, choices: Choices) -> None:
    from miaudit.auditing.conductor import conduct
    from miaudit.auditing.files import REPORT, check_inputs_stay
    from miaudit.auditing.from_config import request_of
    from miaudit.cli.defences import compare_defences
    from miaudit.cli.execution import execution_of, folders_of
    from miaudit.cli.progress import progress
    from miaudit.report.folder import write_folder

    check_writable(out)
    check_inputs_stay(out, (choices.config, *config.files))
    if config.defences:
        compare_defences(config, out, choices)
        return
    finished = None
    with progress() as shown:
        execution = execution_of(choices, shown)
        with about(choices.config), folders_of(choices):
            results = conduct(request_of(choices.applied(config)), execution)
        for finished in results:
            write_folder(finished, out)
            if finished.result.preliminary is not None:
                shown.say(f"{finished.result.verdict.sentences[0]} Report so far: {out / REPORT}")
    if finished is not None:
        _print(finished.result, out, choices.as_json)


def _print(result: "AuditResult", out: Path, as_json: bool) -> None:
    from miaudit.auditing.files import REPORT, to_json
    from miaudit.auditing.remarks import remarks
    from miaudit.cli.shown import likeness_lines, result_table

    if as_json:
        sys.stdout.write(to_json(result))
        return
    console = PlainConsole()
    console.print(result_table(result))
    for sentence in (*result.verdict.sentences, *likeness_lines(result), *remarks(result)):
        console.print(sentence)
    console.print(f"Report: {(out / REPORT).resolve()}", soft_wrap=True)
