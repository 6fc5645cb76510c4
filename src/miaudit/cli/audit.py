"""The commands `demo` and `audit`."""

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
    Device,
    IdColumn,
    Jobs,
    Label,
    Member,
    MemberRecords,
    ModelOptions,
    OtherRecords,
    Out,
    OutputForm,
    PoolModels,
    Population,
    Probabilities,
    Ray,
    RecipeFile,
    StorePlace,
    SurrogateSearch,
    TrainingCode,
    What,
)
from miaudit.config import AuditConfig, parse_config
from miaudit.files import check_writable
from miaudit.reading.path import about

if TYPE_CHECKING:
    from miaudit.auditing.result import AuditResult


def demo(out: Out = None, store: StorePlace = None, jobs: Jobs = None) -> None:
    """Audit a network on real handwritten digits. Takes about a minute and needs no data of yours."""
    text = files("miaudit.cli").joinpath("demo.yaml").read_text(encoding="utf-8")
    _audit(parse_config(yaml.safe_load(text)), out or Path("miaudit-demo"), Choices(None, store, jobs))


def audit(
    what: What = None,
    members: MemberRecords = None,
    nonmembers: OtherRecords = None,
    population: Population = None,
    label: Label = None,
    outputs: OutputForm = None,
    recipe: RecipeFile = None,
    train: TrainingCode = None,
    surrogates: SurrogateSearch = None,
    models: PoolModels = None,
    options: ModelOptions = None,
    out: Out = None,
    store: StorePlace = None,
    jobs: Jobs = None,
    ray: Ray = None,
    data_root: DataRoot = None,
    device: Device = None,
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
    member: Member = None,
    probabilities: Probabilities = None,
    ids: IdColumn = None,
) -> None:
    """Audit a model with its records, a file of predictions, or what a configuration describes.

    After an interrupt, the same command continues where it stopped.
    """
    from miaudit.cli.subject import Subject

    subject = Subject(
        argument=what,
        members=members,
        nonmembers=nonmembers,
        population=population,
        label=label,
        outputs=outputs,
        recipe=recipe,
        train=train,
        surrogates=surrogates,
        models=models,
        options=tuple(options or ()),
        member=member,
        probabilities=probabilities,
        ids=ids,
    )
    config = subject.config()
    file = subject.config_file
    choices = Choices(file, store, jobs, ray, data_root, device, budget, confirm_above, plan_only, anytime, as_json)
    _audit(config, out or Path(f"{subject.stem}-audit"), choices)


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
