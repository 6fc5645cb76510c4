"""The command `check`: examines an audit in seconds, before anything is trained."""

import json
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from miaudit.cli.choices import Choices
from miaudit.cli.console import PlainConsole
from miaudit.cli.given import ColumnOptions, RecordOptions, TrainingOptions
from miaudit.cli.options import (
    AttackNames,
    DataRoot,
    Device,
    IdColumn,
    Jobs,
    Label,
    Member,
    MemberRecords,
    ModelOptions,
    OtherRecords,
    OutputForm,
    PoolModels,
    Population,
    Probabilities,
    RecipeFile,
    SignalOfModel,
    StorePlace,
    StudentCount,
    SurrogateSearch,
    TrainingCode,
    ViewCount,
    What,
)
from miaudit.config import AuditConfig
from miaudit.errors import UserError
from miaudit.messages import listed
from miaudit.reading.path import about

if TYPE_CHECKING:
    from rich.table import Table

    from miaudit.auditing.preview import Chance, Preview
    from miaudit.auditing.request import FileRequest, Request

UNLOCKED_BY = "what would let them run"
USUAL = "audit.yaml"  # the configuration that `miaudit init` writes


def check(
    what: What = None,
    members: MemberRecords = None,
    nonmembers: OtherRecords = None,
    population: Population = None,
    label: Label = None,
    outputs: OutputForm = None,
    signal: SignalOfModel = None,
    recipe: RecipeFile = None,
    train: TrainingCode = None,
    surrogates: SurrogateSearch = None,
    models: PoolModels = None,
    views: ViewCount = None,
    students: StudentCount = None,
    attacks: AttackNames = None,
    options: ModelOptions = None,
    store: StorePlace = None,
    jobs: Jobs = None,
    data_root: DataRoot = None,
    device: Device = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of text and tables.")] = False,
    member: Member = None,
    probabilities: Probabilities = None,
    ids: IdColumn = None,
) -> None:
    """Examine an audit before anything is trained.

    Reads all records and queries the model with some of them. Prints how the input was understood, which attacks
    run, what the others lack, and what training will cost. It takes the arguments of `miaudit audit`; without any,
    it checks the configuration audit.yaml in the current folder.
    """
    from miaudit.cli.subject import Subject

    records = RecordOptions(members, nonmembers, population)
    columns = ColumnOptions(label, member, probabilities, outputs, ids)
    training = TrainingOptions(recipe, train, surrogates, models)
    argument = what or _usual(members, nonmembers)
    subject = Subject(argument, records, columns, training, tuple(options or ()), signal, attacks)
    choices = Choices(
        subject.config_file, store, jobs, data_root=data_root, device=device, views=views, students=students
    )
    _check(subject.config(), choices, as_json)


def _usual(members: Path | None, nonmembers: Path | None) -> str | None:
    """The configuration to check where nothing is named; raises UserError where there is none."""
    if members is not None or nonmembers is not None:
        return None
    if not Path(USUAL).exists():
        raise UserError(f"expected a model, a configuration or predictions to check; there is no {USUAL} here either")
    return USUAL


def _check(config: AuditConfig, choices: Choices, as_json: bool) -> None:
    from miaudit.auditing.preview import preview
    from miaudit.cli.execution import folders_of
    from miaudit.running.runners import open_runner
    from miaudit.store.places import open_store

    store = open_store(choices.store)
    with about(choices.config), folders_of(choices), open_runner(choices.jobs) as runner:
        found = {
            title: preview(request, store, runner.at_once) for title, request in _requests(choices.applied(config))
        }
    if as_json:
        values = [{"audit": title, **as_values(each)} for title, each in found.items()]
        sys.stdout.write(json.dumps(values if config.defences else values[0], indent=1) + "\n")
        return
    for title, each in found.items():
        _show(each, f"Audit: {title}" if config.defences else "")


def _requests(config: AuditConfig) -> "Iterator[tuple[str, Request | FileRequest]]":
    """The audit that a configuration describes, or the several that compare defences, by title."""
    from miaudit.auditing.defences import single_audits
    from miaudit.auditing.from_config import data_of, request_of, training_request

    if not config.defences:
        yield config.title, request_of(config)
        return
    data = data_of(config)
    for defence, attackers, own in single_audits(config):
        yield f"{defence}, attackers: {', '.join(attackers)}", training_request(own, data)


def as_values(found: "Preview") -> dict[str, Any]:
    """The preview in plain values."""
    from miaudit.cli.planned import plan_values

    return {
        "model": found.model,
        "answer": found.answer,
        "outputs": found.outputs,
        "features": found.features,
        "members": found.members,
        "nonmembers": found.nonmembers,
        "population": found.population,
        "labels": [count._asdict() for count in found.labels],
        "read_as": list(found.read_as),
        "recipe": found.recipe,
        "attacks": [{**chance._asdict(), "runs": chance.runs} for chance in found.attacks],
        "cost": None if found.cost is None else plan_values(found.cost),
    }


def _show(found: "Preview", heading: str) -> None:
    from miaudit.cli.planned import show_plan

    console = PlainConsole()
    if heading:
        console.print(heading)
    for title, text in lines(found):
        console.print(f"{title}: {text}", soft_wrap=True)
    console.print(_table(found.attacks))
    if found.cost is not None:
        show_plan(found.cost, console, datetime.now())


def lines(found: "Preview") -> Iterator[tuple[str, str]]:
    """Title and text of each line that says how the input was understood."""
    yield "Model", found.model
    yield "Outputs", "; ".join(filter(None, (found.outputs, found.answer)))
    population = f", {found.population:,} of a population" if found.population else ""
    features = f"; {found.features}" if found.features else ""
    yield "Records", f"{found.members:,} members, {found.nonmembers:,} non-members{population}{features}"
    yield (
        "Classes (members + non-members)",
        listed(f"{each.label} ({each.members:,} + {each.nonmembers:,})" for each in found.labels),
    )
    for sentence in found.read_as:
        yield "Read as", sentence
    if found.recipe:
        yield "Reference models", found.recipe


def _table(attacks: "tuple[Chance, ...]") -> "Table":
    """A table of the attacks that run, and of the others with what they lack."""
    from miaudit.cli.plain_table import plain_table

    groups: dict[tuple[bool, str, str], list[str]] = {}
    for chance in sorted(attacks, key=lambda chance: not chance.runs):
        why = chance.because if chance.runs else chance.lacks
        groups.setdefault((chance.runs, why, chance.unlocked_by), []).append(chance.attack)
    why_or_why_not = "why" if any(chance.because for chance in attacks) else "why not"
    table = plain_table("attacks", "run", why_or_why_not, UNLOCKED_BY, breaks=True)
    for (runs, why, way), names in groups.items():
        table.add_row(", ".join(names), "yes" if runs else "no", why, way)
    return table
