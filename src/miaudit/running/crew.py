"""A crew of spawned processes that do units of work; one that dies is replaced and its unit tried again."""

import multiprocessing as mp
import os
import signal
import sys
import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from functools import cache, partial
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from multiprocessing.reduction import ForkingPickler
from types import ModuleType
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

import cloudpickle
from threadpoolctl import threadpool_limits

from miaudit.running.messages import Done, Failed, Idle, Message, Send, tell_the_end
from miaudit.running.waiting import ItemT, Waiting

if TYPE_CHECKING:
    from multiprocessing.context import ForkServerContext, SpawnContext

ADVICE = "run again with fewer --jobs"
# How processes begin: one forked from this one would inherit its threads' locks.
START: "SpawnContext | ForkServerContext" = mp.get_context("spawn")

Result = TypeVar("Result")
ItemIn = TypeVar("ItemIn", contravariant=True)


class Duty(Protocol[ItemIn, Result]):
    """What the processes of a crew do; sent to each of them at its start."""

    @property
    def blame(self) -> str:
        """How the message begins where a unit fails, such as "a model cannot be trained"."""

    def begin(self) -> Callable[[tuple[ItemIn, ...], Send[Result]], None]:
        """What does a unit and sends `Done` for each item; called in the process, again only if it failed."""


class _Worker(Generic[ItemT, Result]):
    """A process, the line to it, and what it is at."""

    def __init__(self, duty: Duty[ItemT, Result]) -> None:
        self.line, far_end = START.Pipe()
        self.process: BaseProcess = START.Process(target=_serve, args=(far_end, duty), daemon=True)
        self.busy = False
        self.left: tuple[ItemT, ...] = ()  # of its unit, what is not yet finished
        with _no_main_module():
            self.process.start()
        far_end.close()  # so that the line breaks when the process dies

    def give(self, unit: tuple[ItemT, ...]) -> None:
        # The user's own classes are sent by value: the process does not run the user's script.
        self.busy, self.left = True, unit
        self.line.send_bytes(cloudpickle.dumps(unit))

    def end(self) -> None:
        # All that counts lies in the store, so there is nothing to lose.
        self.process.kill()
        self.process.join()
        self.line.close()


def do_units(
    units: Sequence[tuple[ItemT, ...]], count: int, duty: Duty[ItemT, Result]
) -> Generator[Message[Result], None, None]:
    """Do all units on up to `count` processes, in order; tells what happens as it does.

    Raises:
        UserError: a unit fails, or the process at it was killed each time.
    """
    crew = _Crew(units, count, duty)
    try:
        while not crew.is_done():
            for worker in crew.ready():
                yield from crew.attend(worker)
    finally:
        crew.end()


class _Crew(Generic[ItemT, Result]):
    """The processes, and what waits for them."""

    def __init__(self, units: Sequence[tuple[ItemT, ...]], count: int, duty: Duty[ItemT, Result]) -> None:
        self.waiting, self.duty = Waiting(units, ADVICE), duty
        self.workers = [_Worker(duty) for _ in range(min(count, len(units)))]

    def is_done(self) -> bool:
        return not self.waiting and not any(worker.busy for worker in self.workers)

    def ready(self) -> list[_Worker[ItemT, Result]]:
        """Those without work while there is some; else, those that have said something, once one has."""
        idle = [worker for worker in self.workers if not worker.busy] if self.waiting else []
        heard = [] if idle else wait([worker.line for worker in self.workers if worker.busy])
        return idle or [worker for worker in self.workers if worker.line in heard]

    def attend(self, worker: _Worker[ItemT, Result]) -> Iterator[Message[Result]]:
        """Hear one message of a worker that is busy, give work to one that is not."""
        try:
            if worker.busy:
                yield from _heard(worker)
            elif self.waiting:
                worker.give(self.waiting.take())
        except (EOFError, OSError):
            self._replace(worker)

    def _replace(self, dead: _Worker[ItemT, Result]) -> None:
        dead.end()
        self.waiting.lost(dead.left)
        self.workers[self.workers.index(dead)] = _Worker(self.duty)

    def end(self) -> None:
        for worker in self.workers:
            worker.end()


def _heard(worker: _Worker[ItemT, Result]) -> Iterator[Message[Result]]:
    message = worker.line.recv()
    if isinstance(message, Failed):
        raise message.error()
    if isinstance(message, Idle):
        worker.busy = False
        return
    if isinstance(message, Done):
        worker.left = tuple(item for item in worker.left if item.key != message.key)
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


def _serve(line: Connection, duty: Duty[Any, Any]) -> None:
    """A process's life: units come, messages go."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides
    threading.Thread(target=_die_with_parent, daemon=True).start()
    use_one_thread()
    begin = cache(duty.begin)  # an error is not kept
    while True:
        tell_the_end(partial(_do_packed, line.recv_bytes(), begin), line.send, duty.blame)


def _do_packed(packed: bytes, begin: Callable[[], Callable[..., None]], send: Send[Any]) -> None:
    # Both may fail for want of a module, a file or memory: what is raised from here on is told.
    unit = ForkingPickler.loads(packed)
    begin()(unit, send)


def _die_with_parent() -> None:
    parent = mp.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def use_one_thread() -> None:
    """This process works on one thread from now on."""
    # By environment for libraries that are loaded later, by call for those already here.
    for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ[name] = "1"
    threadpool_limits(1)
    if "torch" in sys.modules:
        sys.modules["torch"].set_num_threads(1)
