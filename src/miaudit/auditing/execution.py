"""Settings of how an audit runs. Only the budget changes what it finds, since it may shrink the pool."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Protocol

from miaudit.auditing.cost import Forecast
from miaudit.running.base import Progress, Runner, silent
from miaudit.running.pace import Pace
from miaudit.running.runners import open_runner
from miaudit.store.base import Store

Agree = Callable[[Forecast], bool]  # gets the forecast of an audit; returns whether to go on


class Listener(Protocol):
    """An object that is informed of an audit's progress."""

    def report(self, stage: str, done: int, total: int) -> None:
        """Receive how much of a stage is done."""

    def watch(self, pace: Pace) -> None:
        """Receive the pace at which models are trained."""


@dataclass(frozen=True)
class Reporter:
    """A listener who calls a function with the progress, and does not care about the pace."""

    progress: Progress = silent

    def report(self, stage: str, done: int, total: int) -> None:
        """Call the function with the progress."""
        self.progress(stage, done, total)

    def watch(self, pace: Pace) -> None:
        """Ignore the pace of training."""


SILENT = Reporter()


@dataclass(frozen=True)
class Execution:
    """Where an audit runs, who is informed of its progress, and how long it may take."""

    store: Store
    runner: AbstractContextManager[Runner] = field(default_factory=open_runner)  # opened once the plan is made
    listener: Listener = SILENT
    budget: float | None = None  # most seconds of training; the pool is shrunk to fit
    anytime: bool = False  # whether there are results while the pool grows
    agree: Agree | None = None  # asked before anything is trained; None to go on without a forecast
