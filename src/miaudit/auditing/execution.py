"""How an audit is carried out. None of this changes what it finds, but for the budget, which may shrink the pool."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Protocol

from miaudit.auditing.cost import Forecast
from miaudit.running.base import Progress, Runner, silent
from miaudit.running.pace import Pace
from miaudit.running.runners import open_runner
from miaudit.store.base import Store

Agree = Callable[[Forecast], bool]  # shown what an audit will cost; says whether to go on


class Listener(Protocol):
    """Whoever wants to know how an audit is getting on."""

    def report(self, stage: str, done: int, total: int) -> None:
        """Take note that so much of a stage is done."""

    def watch(self, pace: Pace) -> None:
        """Take note of the pace at which models are trained."""


@dataclass(frozen=True)
class Reporter:
    """A listener who calls a function with the progress, and does not care about the pace."""

    progress: Progress = silent

    def report(self, stage: str, done: int, total: int) -> None:
        """Call the function."""
        self.progress(stage, done, total)

    def watch(self, pace: Pace) -> None:
        """Ignore the pace."""


SILENT = Reporter()


@dataclass(frozen=True)
class Execution:
    """Where an audit is carried out, who is told, and how long it may take."""

    store: Store
    runner: AbstractContextManager[Runner] = field(default_factory=open_runner)  # opened once the plan is made
    listener: Listener = SILENT
    budget: float | None = None  # seconds of training, which the size of the pool is fitted to
    anytime: bool = False  # whether there are results while the pool grows
    agree: Agree | None = None  # asked before anything is trained; None to go on without a forecast
