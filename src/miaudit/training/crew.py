"""A crew of spawned processes that do units of work; one that dies is replaced and its unit tried again."""

import multiprocessing as mp
import os
import signal
import sys
import threading
import time
import traceback
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

import numpy as np
from joblib import wrap_non_picklable_objects
from threadpoolctl import threadpool_limits

from miaudit.errors import UserError
from miaudit.training.checkpoints import Store
from miaudit.training.device import make_repeatable
from miaudit.training.units import Unit
from miaudit.training.work import Records, Work, do_all

ATTEMPTS = 3  # a process may be killed from outside: its work is tried again
TICK = 0.25  # seconds between messages about samples


class Setting(NamedTuple):
    """What every process starts with."""

    x: Path  # .npy files, for memory mapping
    y: Path
    classes: int
    store: Store
    device: str


class Done(NamedTuple):
    """A work's outputs are stored."""

    key: str
    trained: bool


class Samples(NamedTuple):
    """Training has passed over some more records."""

    number: int


class _Failed(NamedTuple):
    message: str  # for the user
    trace: str


class _Idle(NamedTuple):
    """The unit is finished."""


Message = Done | Samples


class _Worker:
    """A process, the line to it, and what it is at."""

    def __init__(self, setting: Setting) -> None:
        context = mp.get_context("spawn")
        self.line, far_end = context.Pipe()
        self.process: BaseProcess = context.Process(target=_serve, args=(far_end, setting), daemon=True)
        self.busy = False
        self.left: Unit = ()  # of its unit, what is not yet stored
        with _no_main_module():
            self.process.start()
        far_end.close()  # so that the line breaks when the process dies

    def give(self, unit: Unit) -> None:
        # The user's own classes are sent by value: the process does not run the user's script.
        self.busy, self.left = True, unit
        self.line.send(wrap_non_picklable_objects(unit, keep_wrapper=False))

    def end(self) -> None:
        # All that counts lies in the store, so there is nothing to lose.
        self.process.kill()
        self.process.join()
        self.line.close()


def do_units(units: Sequence[Unit], count: int, setting: Setting) -> Iterator[Message]:
    """Do all units on up to `count` processes, in order; tells what happens as it does.

    Raises:
        UserError: a model cannot be trained, or the process at it was killed each time.
    """
    crew = _Crew(units, count, setting)
    try:
        while not crew.is_done():
            for worker in crew.ready():
                yield from crew.attend(worker)
    finally:
        crew.end()


class _Crew:
    """The processes, and what waits for them."""

    def __init__(self, units: Sequence[Unit], count: int, setting: Setting) -> None:
        self.waiting, self.setting = deque(units), setting
        self.deaths = Counter[str]()
        self.workers = [_Worker(setting) for _ in range(min(count, len(units)))]

    def is_done(self) -> bool:
        return not self.waiting and not any(worker.busy for worker in self.workers)

    def ready(self) -> list[_Worker]:
        """Those without work while there is some; else, those that have said something, once one has."""
        idle = [worker for worker in self.workers if not worker.busy] if self.waiting else []
        heard = [] if idle else wait([worker.line for worker in self.workers if worker.busy])
        return idle or [worker for worker in self.workers if worker.line in heard]

    def attend(self, worker: _Worker) -> Iterator[Message]:
        """Hear one message of a worker that is busy, give work to one that is not."""
        try:
            if worker.busy:
                yield from _heard(worker)
            elif self.waiting:
                worker.give(self.waiting.popleft())
        except (EOFError, OSError):
            self._replace(worker)

    def _replace(self, dead: _Worker) -> None:
        dead.end()
        self.deaths.update(work.key for work in dead.left)
        for work in dead.left:
            if self.deaths[work.key] == ATTEMPTS:
                raise UserError(_death(work))
        # One work at a time: the next death then tells which one is to blame.
        self.waiting.extendleft((work,) for work in reversed(dead.left))
        self.workers[self.workers.index(dead)] = _Worker(self.setting)

    def end(self) -> None:
        for worker in self.workers:
            worker.end()


def _heard(worker: _Worker) -> Iterator[Message]:
    message = worker.line.recv()
    if isinstance(message, _Failed):
        error = UserError(message.message)
        error.add_note(message.trace)
        raise error
    if isinstance(message, _Idle):
        worker.busy = False
        return
    if isinstance(message, Done):
        worker.left = tuple(work for work in worker.left if work.key != message.key)
    yield message


def _death(work: Work) -> str:
    job = work.job
    return (
        f"the process that trains a model ({len(job.rows):,} records, seed {job.seed}, key {job.key}) was killed "
        f"{ATTEMPTS} times (out of memory?); finished models are kept: run again with fewer --jobs"
    )


@contextmanager
def _no_main_module() -> Iterator[None]:
    """Processes that are spawned in the block do not run the user's script, which may lack a main guard."""
    main = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main


def _serve(line: Connection, setting: Setting) -> None:
    """A process's life: units come, messages go."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides
    threading.Thread(target=_die_with_parent, daemon=True).start()
    _use_one_thread()
    make_repeatable(setting.device)
    # Copy-on-write mapping: clean pages are shared by all processes, and torch gets a writable array.
    x, y = np.load(setting.x, mmap_mode="c"), np.load(setting.y, mmap_mode="c")
    records = Records(x, y, setting.classes)
    while True:
        unit: Unit = line.recv()
        try:
            for work, trained in do_all(unit, records, setting.store, setting.device, _ticker(line)):
                line.send(Done(work.key, trained))
        except UserError as error:
            line.send(_Failed(str(error), traceback.format_exc()))
        except Exception as error:
            reason = f"a model cannot be trained: {type(error).__name__}: {error} (finished models are kept)"
            line.send(_Failed(reason, traceback.format_exc()))
        else:
            line.send(_Idle())


def _ticker(line: Connection) -> Callable[[int], None]:
    """Adds up samples and sends them now and then."""
    total, last = 0, time.monotonic()

    def tick(samples: int) -> None:
        nonlocal total, last
        total += samples
        if time.monotonic() - last >= TICK:
            line.send(Samples(total))
            total, last = 0, time.monotonic()

    return tick


def _die_with_parent() -> None:
    parent = mp.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _use_one_thread() -> None:
    # By environment for libraries that are loaded later, by call for those already here.
    for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ[name] = "1"
    threadpool_limits(1)
    if "torch" in sys.modules:
        sys.modules["torch"].set_num_threads(1)
