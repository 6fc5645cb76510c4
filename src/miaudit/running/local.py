"""Runs work on this machine: one spawned process per core, one thread each, data shared by memory mapping.

Each process has one thread, because two processes of one thread train more models than one process of two threads, and
because spinning threads starve when anything else runs (measured: a busy neighbour slowed two-threaded training
fivefold).
"""

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
from threadpoolctl import threadpool_limits

from miaudit.datasets.base import Dataset
from miaudit.running.base import Progress, Tally, Watch, silent, unwatched
from miaudit.running.crew import do_units
from miaudit.running.follow import follow
from miaudit.running.messages import Done, Message, Send, carry_out
from miaudit.running.units import Unit, units
from miaudit.running.work import Work, do_all
from miaudit.store.base import Store
from miaudit.training.data import Records
from miaudit.training.device import make_repeatable, processes_on


@dataclass(frozen=True)
class LocalRunner:
    """Processes of this machine."""

    jobs: int | None = None  # None for as many as suit the device and the models

    @property
    def at_once(self) -> int | None:
        """One model per process."""
        return self.jobs

    @property
    def processes_here(self) -> int | None:
        """Attacks run on as many processes as train."""
        return self.jobs

    def run(
        self,
        works: Sequence[Work],
        data: Dataset,
        store: Store,
        progress: Progress = silent,
        watch: Watch = unwatched,
        device: str = "cpu",
    ) -> Tally:
        """Do all work that is not in the store; see `running.base.Runner`."""
        return run_local(works, data, store, self.jobs, progress, watch=watch, device=device)


THIS_MACHINE = LocalRunner()


class Training(NamedTuple):
    """What the processes of a crew train: records in .npy files, for memory mapping."""

    x: Path
    y: Path
    classes: int
    store: Store
    device: str
    blame: str = "a model cannot be trained"

    def begin(self) -> Callable[[Unit, Send[bool]], None]:
        """Map the records; returns the function that does a unit."""
        make_repeatable(self.device)
        # Copy-on-write mapping: clean pages are shared by all processes, and torch gets a writable array.
        x, y = np.load(self.x, mmap_mode="c"), np.load(self.y, mmap_mode="c")
        records = Records(x, y, self.classes)

        def do(unit: Unit, send: Send[bool]) -> None:
            carry_out(unit, records, self.store, self.device, send)

        return do


def run_local(
    works: Sequence[Work],
    data: Dataset,
    store: Store,
    jobs: int | None = None,
    progress: Progress = silent,
    stage: str = "models",
    watch: Watch = unwatched,
    device: str = "cpu",
) -> Tally:
    """Do all work that is not in the store; what is finished survives an interrupt or a failure.

    Args:
        works: the models to train and the records to ask them about.
        data: the records, which all models share.
        store: where models and their outputs are kept.
        jobs: number of processes. By default one per core; on another device than the CPU one, or a few for small
            networks, each of which moves its records there (written for CUDA, not tested there).
        progress: told the stage, how many of the works are done, and of how many.
        stage: the name of the work for `progress`.
        watch: told now and then how fast training goes.
        device: the device that networks are trained on.

    Raises:
        UserError: a job fails, or the processes that train it die again and again (out of memory, say).
    """
    do = partial(_messages, data=data, store=store, jobs=jobs, device=device)
    return follow(works, store, do, progress, stage, watch, data.classes)


def _messages(
    works: Sequence[Work], data: Dataset, store: Store, jobs: int | None, device: str
) -> Generator[Message[bool], None, None]:
    if not works:
        return
    recipes = [work.job.recipe for work in works]
    if any(recipe.stays_here for recipe in recipes):
        yield from _messages_here(works, data, store, device)
        return
    count = processes_on(device, recipes, data.x.shape[1:], data.classes, jobs)
    files = (
        store.near.array_file(f"{data.fingerprint}-x", data.x),
        store.near.array_file(f"{data.fingerprint}-y", data.y),
    )
    ordered = units(works, count)
    yield from do_units(ordered, count, Training(*files, data.classes, store, device))


def _messages_here(
    works: Sequence[Work], data: Dataset, store: Store, device: str
) -> Generator[Message[bool], None, None]:
    """Do works whose recipe cannot be sent to another process, on one thread as everywhere."""
    records = Records(data.x, data.y, data.classes)
    for unit in units(works, 1):
        with threadpool_limits(1):
            done = [Done(work.key, trained) for work, trained in do_all(unit, records, store, device)]
        yield from done
