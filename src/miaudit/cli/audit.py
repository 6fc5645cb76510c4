"""Commands `demo` and `audit`."""

import re
import sys
from datetime import datetime
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
import yaml

from miaudit.cli.choices import Choices
from miaudit.cli.console import PlainConsole
from miaudit.cli.options import DataRoot, Jobs, Out, Ray, StorePlace
from miaudit.config import EVIDENCE_SUFFIXES, AuditConfig, load_config, parse_config
from miaudit.errors import UserError
from miaudit.files import check_writable
from miaudit.messages import shortened
from miaudit.reading.path import about, resolved

if TYPE_CHECKING:
    from collections.abc import Iterator

    from miaudit.auditing.plan import Plan
    from miaudit.auditing.result import AuditResult
    from miaudit.auditing.run import Finished
    from miaudit.cli.progress import Shown
    from miaudit.running.base import Runner
    from miaudit.store.checkpoints import Store

UNITS = {"s": 1, "m": 60, "h": 3600}
LONGEST = 3600 * 100_000  # seconds that anybody may ask for


def demo(out: Out = None, store: StorePlace = None, jobs: Jobs = None) -> None:
    """Audit a network on real handwritten digits; takes about a minute, and no data of yours."""
    text = files("miaudit.cli").joinpath("demo.yaml").read_text(encoding="utf-8")
    _audit(parse_config(yaml.safe_load(text)), out or Path("miaudit-demo"), Choices(None, store, jobs))


def audit(
    config: Annotated[
        Path, typer.Argument(help="A YAML configuration, or a file of evidence (.csv, .parquet, .safetensors).")
    ],
    out: Out = None,
    store: StorePlace = None,
    jobs: Jobs = None,
    ray: Ray = None,
    data_root: DataRoot = None,
    device: Annotated[
        str | None, typer.Option(help="Where networks are trained: auto, cpu, cuda or mps. Auto is CUDA, else the CPU.")
    ] = None,
    budget: Annotated[
        str | None, typer.Option(help="Time for training, such as 90s, 10m or 2h: sets the pool's size.")
    ] = None,
    confirm_above: Annotated[
        str | None,
        typer.Option(help="Ask before training that takes longer than this, such as 10m. Never asks by default."),
    ] = None,
    plan_only: Annotated[
        bool, typer.Option("--plan-only", "--dry-run", help="Print what would be trained and how long it takes; stop.")
    ] = False,
    anytime: Annotated[
        bool, typer.Option("--anytime", help="Write a preliminary report each time the pool of models has doubled.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print result.json instead of a table.")] = False,
) -> None:
    """Run an audit; the same command after an interrupt goes on where it stopped."""
    if config.suffix.lower() in EVIDENCE_SUFFIXES:
        parsed = parse_config({"evidence": str(resolved(config))})
    else:
        parsed = load_config(config)
    choices = Choices(
        config=config,
        store=store,
        jobs=jobs,
        ray=ray,
        data_root=data_root,
        device=device,
        budget=_seconds("--budget", budget),
        confirm_above=_seconds("--confirm-above", confirm_above),
        plan_only=plan_only,
        anytime=anytime,
        as_json=as_json,
    )
    _audit(parsed, out or Path(f"{config.stem}-audit"), choices)


def _seconds(option: str, text: str | None) -> float | None:
    return None if text is None else parse_seconds(option, text)


def parse_seconds(option: str, text: str) -> float:
    """Seconds of a time such as `90s`, `10m` or `1.5h`; raises UserError on anything else.

    >>> parse_seconds("--budget", "10m")
    600.0
    """
    match = re.fullmatch(r"(\d+(?:\.\d+)?)([smh])", text.strip())
    if match is None:
        raise UserError(f"{option}: expected a time such as 90s, 10m or 2h, got {shortened(text)}")
    seconds = float(match[1]) * UNITS[match[2]]
    if seconds > LONGEST:
        raise UserError(f"{option}: expected a time of at most {LONGEST // 3600:,} h, got {shortened(text)}")
    return seconds


def _audit(config: AuditConfig, out: Path, choices: Choices) -> None:
    from miaudit.auditing.files import check_inputs_stay
    from miaudit.cli.defences import compare_defences
    from miaudit.store.remote import open_store

    check_writable(out)
    check_inputs_stay(out, (choices.config, *config.files))
    if config.evidence is not None:
        with about(choices.config):
            _check_evidence_alone(config, choices)
    store = open_store(choices.store)
    if config.defences:
        compare_defences(config, out, store, choices)
        return
    result = _carry_out(config, out, store, choices)
    if result is not None:
        _print(result, out, choices.as_json)


def _check_evidence_alone(config: AuditConfig, choices: Choices) -> None:
    """Raise UserError, before the evidence is read, where an option or an attack does not fit it."""
    from miaudit.auditing.from_config import check_questions

    if (option := choices.about_training) is not None:
        raise UserError(f"{option} is for training models: evidence was collected already")
    check_questions(config)


def _carry_out(config: AuditConfig, out: Path, store: "Store", choices: Choices) -> "AuditResult | None":
    """Write the result, and with --anytime early ones; None where only the plan was asked for."""
    from miaudit.running.runners import open_runner

    plan = None
    if config.evidence is None:
        config = choices.applied(config)
        with about(choices.config):
            plan = _planned(config, choices)
    # A cluster is joined, or started, only for what can be carried out.
    with open_runner(choices.jobs, choices.ray) as runner:
        if plan is not None:
            config, plan = _announced(config, plan, store, runner, choices)
        return None if choices.plan_only else _written(config, plan, out, store, runner, choices.anytime)


def _written(
    config: AuditConfig, plan: "Plan | None", out: Path, store: "Store", runner: "Runner", anytime: bool
) -> "AuditResult":
    from miaudit.auditing.files import REPORT
    from miaudit.cli.progress import progress
    from miaudit.report.folder import write_folder

    with progress() as shown:
        for finished in _results(config, plan, store, runner, anytime, shown):
            write_folder(finished, out)
            if finished.result.preliminary is not None:
                shown.say(f"{finished.result.verdict.sentences[0]} Report so far: {out / REPORT}")
    return finished.result


def _results(
    config: AuditConfig, plan: "Plan | None", store: "Store", runner: "Runner", anytime: bool, shown: "Shown"
) -> "Iterator[Finished]":
    """The result, and with --anytime early ones before it."""
    from miaudit.auditing.anytime import run_anytime
    from miaudit.auditing.from_config import run_config

    if anytime and plan is not None:
        yield from run_anytime(config, plan, store, runner, shown.report, shown.watch)
    else:
        yield run_config(config, store, runner, shown.report, plan, shown.watch)


def _planned(config: AuditConfig, choices: Choices) -> "Plan":
    """The plan of the whole configuration, which is found good."""
    from miaudit.auditing.anytime import pool_of
    from miaudit.auditing.from_config import plan_of
    from miaudit.data_root import data_root_at

    with data_root_at(choices.data_root):
        plan = plan_of(config)
    if choices.anytime:
        pool_of(config)
    return plan


def _announced(
    config: AuditConfig, plan: "Plan", store: "Store", runner: "Runner", choices: Choices
) -> "tuple[AuditConfig, Plan]":
    """The plan, fitted to the budget and shown; the user has agreed to it where that was asked for."""
    from miaudit.auditing.cost import forecast, within_budget
    from miaudit.auditing.from_config import plan_of
    from miaudit.cli.planned import confirm, plan_json, show_plan

    if choices.budget is not None:
        fitted = within_budget(config, plan, choices.budget, runner.at_once)
        plan = plan if fitted is config else plan_of(fitted, plan.data)
        config = fitted
    cost = forecast(plan, store, runner.at_once)
    if choices.plan_only and choices.as_json:
        sys.stdout.write(plan_json(cost))
        return config, plan
    console = PlainConsole(stderr=not choices.plan_only)
    show_plan(cost, console, datetime.now())
    if choices.confirm_above is not None and not choices.plan_only:
        confirm(cost, choices.confirm_above, console)
    return config, plan


def _print(result: "AuditResult", out: Path, as_json: bool) -> None:
    from miaudit.auditing.files import REPORT, to_json
    from miaudit.auditing.remarks import remarks
    from miaudit.cli.shown import likeness_lines, result_table

    if as_json:
        sys.stdout.write(to_json(result))
        return
    console = PlainConsole()
    console.print(result_table(result))
    for sentence in (*result.verdict.sentences, *likeness_lines(result)):
        console.print(sentence)
    for remark in remarks(result):
        console.print(remark)
    console.print(f"Report: {(out / REPORT).resolve()}", soft_wrap=True)
