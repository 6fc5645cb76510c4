"""The commands `demo` and `audit`."""

import sys
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import typer
import yaml

from miaudit.cli.choices import Choices, GateOptions, GroupOptions
from miaudit.cli.console import PlainConsole
from miaudit.cli.given import ColumnOptions, RecordOptions, TrainingOptions
from miaudit.cli.options import (
    Anytime,
    AsJson,
    AttackNames,
    AuditPolicy,
    Baseline,
    Budget,
    ConfirmAbove,
    DataRoot,
    Device,
    ForRelease,
    GroupColumn,
    IdColumn,
    Jobs,
    Label,
    LogTo,
    Member,
    MemberRecords,
    ModelOptions,
    OpenPage,
    OtherRecords,
    Out,
    OutputForm,
    PlanOnly,
    PoolModels,
    Population,
    Probabilities,
    Ray,
    RecipeFile,
    SignalOfModel,
    SmallestGroup,
    StorePlace,
    StudentCount,
    SurrogateSearch,
    TrainingCode,
    ViewCount,
    What,
)
from miaudit.cli.released import check_releasable, write_found
from miaudit.config import AuditConfig, parse_config
from miaudit.files import check_writable
from miaudit.reading.path import about

if TYPE_CHECKING:
    from miaudit.auditing.result import AuditResult
    from miaudit.decisions.outcomes import GateResult


def demo(
    out: Out = None,
    store: StorePlace = None,
    jobs: Jobs = None,
    as_json: AsJson = False,
    open_page: OpenPage = False,
) -> None:
    """Audit a network on real handwritten digits. Takes about a minute and needs no data of yours."""
    text = files("miaudit.cli").joinpath("demo.yaml").read_text(encoding="utf-8")
    choices = Choices(None, store, jobs, as_json=as_json, open_page=open_page)
    _audit(parse_config(yaml.safe_load(text)), out or Path("miaudit-demo"), choices)


def audit(
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
    out: Out = None,
    store: StorePlace = None,
    jobs: Jobs = None,
    ray: Ray = None,
    data_root: DataRoot = None,
    device: Device = None,
    budget: Budget = None,
    confirm_above: ConfirmAbove = None,
    plan_only: PlanOnly = False,
    anytime: Anytime = False,
    as_json: AsJson = False,
    member: Member = None,
    probabilities: Probabilities = None,
    ids: IdColumn = None,
    group_by: GroupColumn = None,
    min_group: SmallestGroup = None,
    policy: AuditPolicy = None,
    baseline: Baseline = None,
    release: ForRelease = False,
    log: LogTo = None,
    open_page: OpenPage = False,
) -> None:
    """Audit a model, or predictions of one.

    MODEL needs --members and --nonmembers; a CONFIG says everything itself; a FILE holds predictions or evidence.
    After an interrupt, the same command continues where it stopped.
    """
    from miaudit.cli.subject import Subject

    records = RecordOptions(members, nonmembers, population)
    columns = ColumnOptions(label, member, probabilities, outputs, ids)
    training = TrainingOptions(recipe, train, surrogates, models)
    subject = Subject(what, records, columns, training, tuple(options or ()), signal, attacks)
    config, file = subject.config(), subject.config_file
    groups = GroupOptions(tuple(group_by or ()), min_group)
    decided = GateOptions(policy, baseline)
    choices = Choices(
        file,
        store,
        jobs,
        ray,
        data_root,
        device,
        budget,
        confirm_above,
        plan_only,
        anytime,
        as_json,
        groups,
        decided,
        release,
        log,
        open_page,
        views,
        students,
    )
    _audit(config, out or Path(f"{subject.stem}-audit"), choices)


def _audit(config: AuditConfig, out: Path, choices: Choices) -> None:
    from miaudit.auditing.conductor import conduct
    from miaudit.auditing.files import REPORT, check_inputs_stay
    from miaudit.auditing.from_config import request_of
    from miaudit.cli.defences import compare_defences
    from miaudit.cli.execution import execution_of, folders_of
    from miaudit.cli.gate import decide_at_end, gate_for, show
    from miaudit.cli.opened import open_page
    from miaudit.cli.progress import progress
    from miaudit.cli.tracked import logged, tracker_for

    check_writable(out)
    check_inputs_stay(out, (choices.config, choices.gate.file, *config.files))
    asked = gate_for(config, choices.gate, out)
    check_releasable(config, choices, out)
    log = tracker_for(config, choices)
    if config.defences:
        compare_defences(config, out, choices)
        return
    result = None
    with progress() as shown:
        execution = execution_of(choices, shown)
        with about(choices.config), folders_of(choices):
            results = conduct(request_of(choices.applied(config)), execution)
        for finished in results:
            result = write_found(finished, out, choices.release)
            if result.preliminary is not None:
                shown.say(f"{result.verdict.sentences[0]} Report so far: {out / REPORT}")
    if result is not None:
        decision = None
        try:
            decision = None if asked is None else decide_at_end(out, asked)
        finally:  # a policy that does not fit the records hides nothing of what was found
            _print(result, out, choices.as_json, decision)
            if log is not None:
                PlainConsole(stderr=choices.as_json).print(logged(log, out))
        if decision is not None and not choices.as_json:
            show(decision)
        if choices.open_page:
            open_page(out / REPORT)
        raise typer.Exit(0 if decision is None else decision.exit_code)


def _print(result: "AuditResult", out: Path, as_json: bool, decision: "GateResult | None") -> None:
    from miaudit.auditing.files import to_json
    from miaudit.cli.outcome import show_outcome
    from miaudit.decisions.saved import open_audit

    if as_json:
        sys.stdout.write(to_json(result))
    else:
        show_outcome(open_audit(out), out, PlainConsole(), decision)
