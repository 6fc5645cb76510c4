"""Turns the options of the command line into the way in which an audit is carried out."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from miaudit.auditing.budget import seconds_of
from miaudit.auditing.cost import Forecast
from miaudit.auditing.execution import Agree, Execution, Listener
from miaudit.cli.choices import Choices
from miaudit.cli.console import PlainConsole
from miaudit.cli.planned import confirm, plan_json, show_choice, show_plan
from miaudit.data_root import data_root_at
from miaudit.running.runners import open_runner
from miaudit.store.places import open_store
from miaudit.store_root import store_root_at


def execution_of(choices: Choices, listener: Listener, heading: str = "") -> Execution:
    """Turn the options into the way in which the audit is carried out.

    Args:
        choices: the options.
        listener: shows how the audit is getting on.
        heading: a line to print above the plan.
    """
    budget = None if choices.budget is None else seconds_of("--budget", choices.budget)
    return Execution(
        store=open_store(choices.store),
        runner=open_runner(choices.jobs, choices.ray),
        listener=listener,
        budget=budget,
        anytime=choices.anytime,
        agree=_agree(choices, heading),
    )


@contextmanager
def folders_of(choices: Choices) -> Iterator[None]:
    """Read data sets from, and keep prepared data in, the folders that the options name, within the block."""
    with data_root_at(choices.data_root), store_root_at(open_store(choices.store).near.root):
        yield


def _agree(choices: Choices, heading: str) -> Agree:
    """Prints the plan, and asks whether to go on where the options say so."""
    longest = None if choices.confirm_above is None else seconds_of("--confirm-above", choices.confirm_above)

    def agree(cost: Forecast) -> bool:
        if choices.plan_only and choices.as_json:
            sys.stdout.write(plan_json(cost))
            return False
        console = PlainConsole(stderr=not choices.plan_only)
        if heading:
            console.print(heading)
        show_choice(cost, console)
        show_plan(cost, console, datetime.now())
        if longest is not None and not choices.plan_only:
            confirm(cost, longest, console)
        return not choices.plan_only

    return agree
