"""Commands `demo` and `audit`."""

import re
import sys
from importlib.resources import files
from pathlib import Path
from typing import Annotated

import typer
import yaml
from rich.console import Console

from miaudit.config import EVIDENCE_SUFFIXES, AuditConfig, load_config, parse_config
from miaudit.errors import UserError

Out = Annotated[Path | None, typer.Option(help="Folder for report and results; made if it is not there.")]
StorePath = Annotated[
    Path | None, typer.Option(help="Folder of trained models (MIAUDIT_STORE, else the user's cache).")
]
Jobs = Annotated[int | None, typer.Option(min=1, help="Processes that train; one a core by default.")]
UNITS = {"s": 1, "m": 60, "h": 3600}


def demo(out: Out = None, store: StorePath = None, jobs: Jobs = None) -> None:
    """Audit a network on real handwritten digits; takes about a minute, and no data of yours."""
    text = files("miaudit.cli").joinpath("demo.yaml").read_text(encoding="utf-8")
    _audit(parse_config(yaml.safe_load(text)), out or Path("miaudit-demo"), store, jobs, None, as_json=False)


def audit(
    config: Annotated[
        Path, typer.Argument(help="A YAML configuration, or a file of evidence (.csv, .parquet, .safetensors).")
    ],
    out: Out = None,
    store: StorePath = None,
    jobs: Jobs = None,
    budget: Annotated[
        str | None, typer.Option(help="Time for training, such as 90s, 10m or 2h: sets the pool's size.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print result.json instead of a table.")] = False,
) -> None:
    """Run an audit; the same command after an interrupt goes on where it stopped."""
    if config.suffix.lower() in EVIDENCE_SUFFIXES:
        parsed = parse_config({"evidence": str(config.resolve())})
    else:
        parsed = load_config(config)
    seconds = None if budget is None else parse_budget(budget)
    _audit(parsed, out or Path(f"{config.stem}-audit"), store, jobs, seconds, as_json)


def parse_budget(text: str) -> float:
    """Seconds of a time such as `90s`, `10m` or `1.5h`; raises UserError on anything else.

    >>> parse_budget("10m")
    600.0
    """
    match = re.fullmatch(r"(\d+(?:\.\d+)?)([smh])", text.strip())
    if match is None:
        raise UserError(f"expected a budget such as 90s, 10m or 2h, got {text!r}")
    return float(match[1]) * UNITS[match[2]]


def _audit(
    config: AuditConfig, out: Path, store: Path | None, jobs: int | None, budget: float | None, as_json: bool
) -> None:
    from miaudit.auditing.cost import forecast, within_budget
    from miaudit.auditing.files import REPORT, save, to_json
    from miaudit.auditing.from_config import plan_of, run_config
    from miaudit.cli.shown import progress, result_table
    from miaudit.report.html import write_report
    from miaudit.training.checkpoints import Store, default_store

    if out.exists() and not out.is_dir():
        raise UserError(f"--out {out} is a file: expected a folder")
    if config.evidence is not None and budget is not None:
        raise UserError("--budget is for training models: evidence was collected already")
    errors = Console(stderr=True, highlight=False)
    models = Store(store or default_store())
    plan = None
    if config.evidence is None:
        plan = plan_of(config)
        if budget is not None:
            fitted = within_budget(config, plan, models, budget, jobs)
            plan = plan if fitted is config else plan_of(fitted)
            config = fitted
        errors.print(f"Plan: {forecast(plan, models, jobs).text}.")
    with progress() as report:
        finished = run_config(config, models, jobs, report, plan)
    table = save(finished, out)
    write_report(finished.result, table, out / REPORT)
    if as_json:
        sys.stdout.write(to_json(finished.result))
        return
    console = Console()
    console.print(result_table(finished.result))
    for sentence in finished.result.verdict.sentences:
        console.print(sentence, highlight=False)
    console.print(f"Report: {(out / REPORT).resolve()}", highlight=False, soft_wrap=True)
