"""A crew of spawned processes that do units of work; one that dies is replaced and its unit tried again."""

import multiprocessing as mp
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache, partial
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from multiprocessing.reduction import ForkingPickler
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

import numpy as np
from joblib import wrap_non_picklable_objects
from threadpoolctl import threadpool_limits

from miaudit.training.checkpoints import Store
from miaudit.training.device import make_repeatable
from miaudit.training.messages import Done, Failed, Idle, Message, Send, carry_out, tell_the_end
from miaudit.training.units import Unit
from miaudit.training.waiting import Waiting
from miaudit.training.work import Records

ADVICE = "run again with fewer --jobs"


class Setting(NamedTuple):
    """What every process starts with."""

    x: Path  # .npy files, for memory mapping
    y: Path
    classes: int
    store: Store
    device: str


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
        self.waiting, self.setting = Waiting(units, ADVICE), setting
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
                worker.give(self.waiting.take())
        except (EOFError, OSError):
            self._replace(worker)

    def _replace(self, dead: _Worker) -> None:
        dead.end()
        self.waiting.lost(dead.left)
        self.workers[self.workers.index(dead)] = _Worker(self.setting)

    def end(self) -> None:
        for worker in self.workers:
            worker.end()


def _heard(worker: _Worker) -> Iterator[Message]:
    message = worker.line.recv()
    if isinstance(message, Failed):
        raise message.error()
    if isinstance(message, Idle):
        worker.busy = False
        return
    if isinstance(message, Done):
        worker.left = tuple(work for work in worker.left if work.key != message.key)
    yield message


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
    use_one_thread()
    make_repeatable(setting.device)
    records = cache(partial(_mapped, setting))  # an error is not kept
    while True:
        tell_the_end(partial(_do_packed, line.recv_bytes(), records, setting), line.send)


def _do_packed(packed: bytes, records: Callable[[], Records], setting: Setting, send: Send) -> None:
    # Both may fail for want of a module, a file or memory: what is raised from here on is told.
    unit: Unit = ForkingPickler.loads(packed)
    carry_out(unit, records(), setting.store, setting.device, send)


def _mapped(setting: Setting) -> Records:
    # Copy-on-write mapping: clean pages are shared by all processes, and torch gets a writable array.
    x, y = np.load(setting.x, mmap_mode="c"), np.load(setting.y, mmap_mode="c")
    return Records(x, y, setting.classes)


def _die_with_parent() -> None:
    parent = mp.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def use_one_thread() -> None:
    """This process trains on one thread from now on."""
    # By environment for libraries that are loaded later, by call for those already here.
    for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ[name] = "1"
    threadpool_limits(1)
    if "torch" in sys.modules:
        sys.modules["torch"].set_num_threads(1)
