"""Runs work on this machine: one process per core, one thread each, data shared by memory mapping.

Each process has one thread, because two processes of one thread train more models than one process of two threads, and
because spinning threads starve when anything else runs (measured: a busy neighbour slowed two-threaded training
fivefold).
"""

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from miaudit.datasets.base import Dataset
from miaudit.features.base import Inputs, Packed, pack, unpack
from miaudit.maths.threads import single_threaded
from miaudit.running.base import Progress, Tally, Watch, silent, unwatched
from miaudit.running.crew import do_units
from miaudit.running.follow import follow
from miaudit.running.messages import Done, Message, Send, carry_out
from miaudit.running.units import Unit, units
from miaudit.running.work import Work, do_all
from miaudit.store.base import Store
from miaudit.store.local import LocalStore
from miaudit.training.data import Records
from miaudit.training.device import make_repeatable, processes_on


@dataclass(frozen=True)
class LocalRunner:
    """A runner that trains in processes of this machine."""

    jobs: int | None = None  # None for as many as suit the device and the models

    @property
    def at_once(self) -> int | None:
        """Number of processes, each of which trains one model at a time."""
        return self.jobs

    @property
    def processes_here(self) -> int | None:
        """Number of processes for attacks, the same as for training."""
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


class Files(NamedTuple):
    """Features as .npy files, for memory mapping; see `features.base.Packed`."""

    form: str
    arrays: dict[str, Path]
    facts: dict[str, Any]

    @classmethod
    def of(cls, data: Dataset, store: LocalStore) -> "Files":
        """Write the features of a data set into the store, where they are not there already."""
        packed, name = pack(data.x), f"{data.fingerprint}-x"
        named = {part: f"{name}-{part}" if packed.form else name for part in packed.arrays}
        arrays = {part: store.array_file(named[part], array) for part, array in packed.arrays.items()}
        return cls(packed.form, arrays, packed.facts)

    def mapped(self) -> Inputs:
        """The features, on the memory that all processes share.

        The mapping is copy-on-write: clean pages are shared, and torch gets arrays that may be written to.
        """
        arrays = {part: np.load(path, mmap_mode="c") for part, path in self.arrays.items()}
        return unpack(Packed(self.form, arrays, self.facts))


class Training(NamedTuple):
    """What the processes of a crew train."""

    x: Files
    y: Path
    classes: int
    store: Store
    device: str
    blame: str = "a model cannot be trained"

    def begin(self) -> Callable[[Unit, Send[bool]], None]:
        """Map the records; returns the function that does a unit."""
        make_repeatable(self.device)
        records = Records(self.x.mapped(), np.load(self.y, mmap_mode="c"), self.classes)

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
            networks, each of which moves its records there.
        progress: called with the stage, the number of works done, and their total.
        stage: the name of the work for `progress`.
        watch: called now and then with the pace of training.
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
    x, y = Files.of(data, store.near), store.near.array_file(f"{data.fingerprint}-y", data.y)
    ordered = units(works, count)
    yield from do_units(ordered, count, Training(x, y, data.classes, store, device))


def _messages_here(
    works: Sequence[Work], data: Dataset, store: Store, device: str
) -> Generator[Message[bool], None, None]:
    """Do works whose recipe cannot be sent to another process, on one thread as everywhere."""
    records = Records(data.x, data.y, data.classes)
    for unit in units(works, 1):
        with single_threaded():
            done = [Done(work.key, trained) for work, trained in do_all(unit, records, store, device)]
        yield from done
