"""Runs work on this machine: one spawned process a core, one thread each, data shared by memory mapping.

One thread per process, because two processes of one thread train more models than one of two threads, and because
spinning threads starve when anything else runs (measured: a busy neighbour slowed two-threaded training fivefold).
"""

import time
from collections import Counter
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np

from miaudit.datasets.base import Dataset
from miaudit.running.crew import do_units
from miaudit.running.messages import Done, Message, Send, carry_out
from miaudit.running.pace import Pace, Pacer
from miaudit.running.units import Unit, samples, units
from miaudit.running.work import Records, Work
from miaudit.store.checkpoints import Store
from miaudit.training.device import make_repeatable, processes_on

Progress = Callable[[str, int, int], None]  # stage, done, total
Watch = Callable[[Pace], None]  # told now and then while models are trained
Do = Callable[[Sequence[Work]], Generator[Message[bool], None, None]]  # does works that are not yet stored


def unwatched(pace: Pace) -> None:
    """A pace that nobody reads."""


class Tally(NamedTuple):
    """What a run had to do."""

    trained: int
    cached: int
    seconds: float


class Training(NamedTuple):
    """What the processes of a crew train: records in .npy files, for memory mapping."""

    x: Path
    y: Path
    classes: int
    store: Store
    device: str
    blame: str = "a model cannot be trained"

    def begin(self) -> Callable[[Unit, Send[bool]], None]:
        """Map the records."""
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
    workers: int | None = None,
    progress: Progress = lambda *_: None,
    stage: str = "models",
    watch: Watch = unwatched,
    device: str = "cpu",
) -> Tally:
    """Do all the work that is not yet stored; finished work survives an interrupt or a failure.

    Without `workers` there is one process per core. On another device than the CPU there is one, or a few for small
    networks, each of which moves its records there (written for CUDA, not tested there: no GPU was at hand).

    Raises:
        UserError: a job fails, or the processes that train it die again and again (out of memory, say).
    """
    return follow(
        works,
        store,
        partial(_messages, data=data, store=store, workers=workers, device=device),
        progress,
        stage,
        watch,
        data.classes,
    )


def follow(
    works: Sequence[Work],
    store: Store,
    do: Do,
    progress: Progress,
    stage: str,
    watch: Watch,
    classes: int | None = None,
) -> Tally:
    """Have the work done that is not yet stored (for that many classes), and pass on what is told meanwhile."""
    start = time.monotonic()
    missing = {work.key: work for work in works if not work.is_intact(store, classes)}
    waiting = Counter(work.key for work in works if work.key in missing)  # works may share a name
    left = waiting.total()
    progress(stage, len(works) - left, len(works))
    trained = 0
    pacer = Pacer(sum(samples(work) for work in missing.values() if not work.is_trained(store)))
    with closing(do(list(missing.values()))) as messages:
        for message in messages:
            if isinstance(message, Done):
                trained += message.result
                left -= waiting[message.key]
                progress(stage, len(works) - left, len(works))
            elif (pace := pacer.add(message.number)) is not None:
                watch(pace)
    return Tally(trained, len(works) - trained, time.monotonic() - start)


def _messages(
    works: Sequence[Work], data: Dataset, store: Store, workers: int | None, device: str
) -> Generator[Message[bool], None, None]:
    if not works:
        return
    shape = data.x.shape[1:]
    count = processes_on(device, [work.job.recipe for work in works], shape, data.classes, workers)
    files = (
        store.array_file(f"{data.fingerprint}-x", data.x),
        store.array_file(f"{data.fingerprint}-y", data.y),
    )
    ordered = units(works, shape, data.classes, count)
    yield from do_units(ordered, count, Training(*files, data.classes, store, device))
