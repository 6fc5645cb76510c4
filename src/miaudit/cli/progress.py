"""Shows the progress of an audit on the terminal."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from rich.progress import BarColumn, MofNCompleteColumn, Progress, Task, TaskID, TextColumn, TimeRemainingColumn
from rich.text import Text

from miaudit.cli.console import PlainConsole
from miaudit.running.pace import Pace

LINES_EVERY = 10.0  # seconds between lines where nobody watches a bar
TRAINING = ("models", "students")  # the stages that have a pace, in their order


class Shown(Protocol):
    """Shows what happens while an audit runs."""

    def report(self, stage: str, done: int, total: int) -> None:
        """Show that so much of a stage is done."""

    def watch(self, pace: Pace) -> None:
        """Show the pace at which models are trained."""

    def say(self, text: str) -> None:
        """Print a sentence above the bars of progress."""


@contextmanager
def progress() -> Iterator[Shown]:
    """Show bars on a terminal, elsewhere a line now and then. It prints to stderr, as stdout is for results."""
    if not sys.stderr.isatty():
        yield _Lines()
        return
    columns = (TextColumn("{task.description:>10}"), BarColumn(), MofNCompleteColumn(), _Left())
    bars = Progress(*columns, console=PlainConsole(stderr=True))
    try:
        yield _Bars(bars)
    finally:
        bars.stop()


class _Left(TimeRemainingColumn):
    """The pace if it is known, since it counts models that are half trained; otherwise rich's own estimate."""

    def render(self, task: Task) -> Text:
        pace: str = task.fields.get("pace", "")
        return Text(pace) if pace and not task.finished else super().render(task)


class _Bars:
    def __init__(self, bars: Progress) -> None:
        self.bars = bars
        self.tasks: dict[str, TaskID] = {}

    def report(self, stage: str, done: int, total: int) -> None:
        if stage not in self.tasks:
            self.bars.start()  # only now, since the plan is printed before, perhaps with a question
            self.tasks[stage] = self.bars.add_task(stage, total=total)
        self.bars.update(self.tasks[stage], completed=done, total=total)

    def watch(self, pace: Pace) -> None:
        begun = [stage for stage in TRAINING if stage in self.tasks]
        if begun:
            self.bars.update(self.tasks[begun[-1]], pace=pace.text)

    def say(self, text: str) -> None:
        self.bars.console.print(text, soft_wrap=True)


class _Lines:
    def __init__(self) -> None:
        self.last = 0.0
        self.training = ""

    def report(self, stage: str, done: int, total: int) -> None:
        told = f"{stage}: {done} of {total}"
        if stage in TRAINING:
            self.training = told
        if done == total or self._is_time():
            self.say(told)

    def watch(self, pace: Pace) -> None:
        if self._is_time():
            self.say(f"{self.training}, {pace.text}")

    def say(self, text: str) -> None:
        self.last = time.monotonic()
        print(text, file=sys.stderr)

    def _is_time(self) -> bool:
        return time.monotonic() - self.last > LINES_EVERY
