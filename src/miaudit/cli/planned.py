"""Prints the plan before an audit starts, and asks whether to go on."""

import json
import sys
from datetime import datetime, timedelta
from typing import Any

import typer
from rich.console import Console
from rich.table import Table

from miaudit.auditing.cost import Forecast, Readers, Share
from miaudit.cli.plain_table import plain_table
from miaudit.errors import UserError
from miaudit.presenter import duration

MOST_NAMED = 4  # most attacks listed by name; more are only counted


def show_plan(forecast: Forecast, console: Console, now: datetime) -> None:
    """Print the table of the plan, and a sentence on when everything will be done.

    Args:
        forecast: what the plan will cost.
        console: where to print.
        now: the time at which training starts.
    """
    if forecast.to_train:
        console.print(_table(forecast))
    done = "" if not forecast.seconds else f": done at about {_clock(now, forecast.seconds)}"
    console.print(f"Plan: {forecast.text}{done}.", soft_wrap=True)
    if forecast.resumed:
        console.print(f"Resumed: {forecast.resumed}.", soft_wrap=True)
    if forecast.queries:
        console.print(f"Queries: {forecast.queries}.", soft_wrap=True)
    if forecast.views:
        console.print(f"Views: {forecast.views}.", soft_wrap=True)
    if forecast.spared:
        console.print(
            f"{forecast.spared} more models of the split are read by none of these attacks and are not trained.",
            soft_wrap=True,
        )
    if forecast.bf16_slowdown is not None:
        console.print(
            f"Warning: training in bf16 takes {forecast.bf16_slowdown:.1f} times as long as in fp32 on this machine, "
            "which has no instructions for it: write `bf16: auto` or `bf16: false` in the recipe.",
            soft_wrap=True,
        )


def show_choice(forecast: Forecast, console: Console) -> None:
    """Print the attacks that `auto` chose, each with the attacker that it stands for."""
    if forecast.because:
        reasons = "; ".join(f"{name} ({why})" for name, why in forecast.because.items())
        console.print(f"Attacks chosen by `auto`: {reasons}.", soft_wrap=True)


def plan_json(forecast: Forecast) -> str:
    """The plan as JSON."""
    return json.dumps(plan_values(forecast), indent=1) + "\n"


def plan_values(forecast: Forecast) -> dict[str, Any]:
    """The plan in plain values."""
    rows = [
        {
            "role": share.role,
            "models": share.models,
            "in_store": share.cached,
            "to_train": share.to_train,
            "records": share.records,
            "seconds_each": share.seconds_each,
            "attacks": list(share.readers.scores),
            "cuts": list(share.readers.cuts),
        }
        for share in forecast.shares
    ]
    return {
        "rows": rows,
        "models": forecast.models,
        "in_store": forecast.cached,
        "to_train": forecast.to_train,
        "not_needed": forecast.spared,
        "processes": forecast.processes,
        "seconds": forecast.seconds,
        "bf16_slowdown": forecast.bf16_slowdown,
        "resumed": forecast.resumed,
        "queries": forecast.queries,
        "views": forecast.views,
        "chosen": forecast.because,
    }


def confirm(forecast: Forecast, limit: float, console: Console) -> None:
    """Ask whether to go on if training takes too long, or if nobody knows how long it takes.

    Args:
        forecast: what the plan will cost.
        limit: seconds of training up to which nothing is asked.
        console: where to print.

    Raises:
        UserError: there is no terminal to ask at.
        Exit: the answer is no.
    """
    if forecast.seconds is not None and forecast.seconds <= limit:
        return
    takes = "an unknown time" if forecast.seconds is None else f"about {duration(forecast.seconds)}"
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise UserError(
            f"training takes {takes}, more than --confirm-above allows, and there is no terminal to ask at: leave "
            "--confirm-above out to start without a question, or set a --budget"
        )
    if not typer.confirm("Go on?", err=True):
        console.print("Nothing was trained.")
        raise typer.Exit(1)


def _table(forecast: Forecast) -> Table:
    at_once = "one after another" if forecast.processes == 1 else f"{forecast.processes} at once"
    numbers = ("number", "stored", "records", "each", "all")
    table = plain_table(
        "models",
        "read by",
        *numbers,
        numbers=numbers,
        title="What is trained",
        caption=f"times of one process; models are trained {at_once}",
    )
    for share in forecast.shares:
        each = share.seconds_each
        total = "-" if each is None else duration(each * share.to_train)
        table.add_row(
            share.role,
            _read_by(share),
            f"{share.models:,}",
            f"{share.cached:,}",
            f"{share.records:,}",
            _seconds(share),
            total,
        )
    return table


def _seconds(share: Share) -> str:
    if share.seconds_each is None:
        return "unknown" if share.to_train else "-"
    return duration(share.seconds_each)


def _read_by(share: Share) -> str:
    if share.role == "target":
        return "all attacks"
    readers: Readers = share.readers
    parts = [_named(names, what) for names, what in ((readers.scores, "attacks"), (readers.cuts, "cuts")) if names]
    return "; ".join(parts)


def _named(names: tuple[str, ...], what: str) -> str:
    if len(names) > MOST_NAMED:
        return f"{len(names)} {what}"
    listed = ", ".join(names)
    return listed if what == "attacks" else f"cuts of {listed}"


def _clock(now: datetime, seconds: float) -> str:
    """The time of day at which so many seconds have passed, with the date where it is another day."""
    then = now + timedelta(seconds=seconds)
    return f"{then:%H:%M}" if then.date() == now.date() else f"{then:%H:%M on %d %B}"
