"""A crew of processes that do units of work; one that dies is replaced and its unit tried again."""

import multiprocessing as mp
import os
import signal
import sys
import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from functools import cache, partial
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from multiprocessing.reduction import ForkingPickler
from typing import Any, Generic, Protocol, TypeVar

import cloudpickle
from threadpoolctl import threadpool_limits

from miaudit.running.messages import Done, Failed, Idle, Message, Send, tell_the_end
from miaudit.running.server import apart, set_environment, usual_start
from miaudit.running.waiting import ItemT, Waiting

ADVICE = "run again with fewer --jobs"
START = usual_start()

Result = TypeVar("Result")
ItemIn = TypeVar("ItemIn", contravariant=True)


class Duty(Protocol[ItemIn, Result]):
    """The work that a crew does; it is sent to each process at its start."""

    @property
    def blame(self) -> str:
        """How the message about a failed unit begins, such as "a model cannot be trained"."""

    def begin(self) -> Callable[[tuple[ItemIn, ...], Send[Result]], None]:
        """Prepare the process; returns what does a unit and sends `Done` for each item. Called again if it failed."""


class _Worker(Generic[ItemT, Result]):
    """A process, the line to it, and the unit that it is doing."""

    def __init__(self, duty: Duty[ItemT, Result]) -> None:
        self.line, far_end = START.Pipe()
        arguments = (far_end, duty, dict(os.environ))
        self.process: BaseProcess = START.Process(target=_serve, args=arguments, daemon=True)
        self.busy = False
        self.left: tuple[ItemT, ...] = ()  # of its unit, what is not yet finished
        with apart():
            self.process.start()
        far_end.close()  # so that the line breaks when the process dies

    def give(self, unit: tuple[ItemT, ...]) -> None:
        # The user's own classes are sent by value: the process does not run the user's script.
        self.busy, self.left = True, unit
        self.line.send_bytes(cloudpickle.dumps(unit))

    def end(self) -> None:
        # Everything of value is in the store, so nothing is lost.
        self.process.kill()
        self.process.join()
        self.line.close()


def do_units(
    units: Sequence[tuple[ItemT, ...]], count: int, duty: Duty[ItemT, Result]
) -> Generator[Message[Result], None, None]:
    """Do all units, the first ones first, and yield what happens as it does.

    Args:
        units: the work.
        count: number of processes, at most.
        duty: the kind of work.

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
    """The processes of a crew, and the units that wait for them."""

    def __init__(self, units: Sequence[tuple[ItemT, ...]], count: int, duty: Duty[ItemT, Result]) -> None:
        self.waiting, self.duty = Waiting(units, ADVICE), duty
        self.workers = [_Worker(duty) for _ in range(min(count, len(units)))]

    def is_done(self) -> bool:
        return not self.waiting and not any(worker.busy for worker in self.workers)

    def ready(self) -> list[_Worker[ItemT, Result]]:
        """Workers without a unit, while units wait; otherwise workers that have sent a message, once one has."""
        idle = [worker for worker in self.workers if not worker.busy] if self.waiting else []
        heard = [] if idle else wait([worker.line for worker in self.workers if worker.busy])
        return idle or [worker for worker in self.workers if worker.line in heard]

    def attend(self, worker: _Worker[ItemT, Result]) -> Iterator[Message[Result]]:
        """Hear one message of a busy worker, or give a unit to an idle one."""
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


def _serve(line: Connection, duty: Duty[Any, Any], environment: dict[str, str]) -> None:
    """The loop of a worker process: it receives units and sends messages."""
    set_environment(environment)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides
    threading.Thread(target=_die_with_parent, daemon=True).start()
    use_one_thread()
    begin = cache(duty.begin)  # an error is not kept
    while True:
        tell_the_end(partial(_do_packed, line.recv_bytes(), begin), line.send, duty.blame)


def _do_packed(packed: bytes, begin: Callable[[], Callable[..., None]], send: Send[Any]) -> None:
    # Both may fail for want of a module, a file or memory: errors from here on are reported.
    unit = ForkingPickler.loads(packed)
    begin()(unit, send)


def _die_with_parent() -> None:
    parent = mp.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def use_one_thread() -> None:
    """Let this process work on one thread from now on."""
    # The environment is for libraries that are loaded later, the calls for those that are loaded already.
    for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ[name] = "1"
    threadpool_limits(1)
    if "torch" in sys.modules:
        sys.modules["torch"].set_num_threads(1)
