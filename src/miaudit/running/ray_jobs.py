"""Runs work on a Ray cluster: units are tasks of one thread each, and every node holds the data once in its memory.

Nodes write finished models to a store that all of them share, so that a node may die at any moment.
"""

import socket
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from queue import SimpleQueue
from threading import Thread
from typing import Any, NamedTuple

from miaudit.arrays import Ints
from miaudit.datasets.base import Dataset
from miaudit.errors import UserError
from miaudit.features.base import Packed, pack, unpack
from miaudit.running.base import Progress, Tally, Watch, silent, unwatched
from miaudit.running.crew import use_one_thread
from miaudit.running.follow import follow
from miaudit.running.messages import Done, Failed, Idle, Message, Said, Send, carry_out, tell_the_end
from miaudit.running.ray_cluster import AUTO, cores, joined, load_ray
from miaudit.running.units import Unit, units
from miaudit.running.waiting import Waiting
from miaudit.running.work import Work
from miaudit.source import SOURCES
from miaudit.store.base import Store
from miaudit.store.places import open_store
from miaudit.training.data import Records
from miaudit.training.device import make_repeatable

AHEAD = 2  # units submitted per core, so that no core waits for its next one and a growing cluster sees the demand
PATIENCE = 60.0  # seconds in which a file that another machine wrote must appear; network folders are slow
ADVICE = "run again on nodes with more memory a core"

Begin = Callable[[Unit], Any]  # hands a unit over; gives the generator of its messages


@dataclass(frozen=True)
class RayRunner:
    """A Ray cluster that this process has joined."""

    address: str  # `HOST:PORT` of its head node, or `auto`
    cores: int

    @property
    def at_once(self) -> int | None:
        """Number of cores of the cluster, each of which trains one model at a time."""
        return self.cores

    @property
    def processes_here(self) -> int | None:
        """None, since attacks run on this machine, with one process per core."""
        return None

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
        return run_ray(works, data, store, self.address, progress, watch=watch, device=device)


def run_ray(
    works: Sequence[Work],
    data: Dataset,
    store: Store,
    address: str = AUTO,
    progress: Progress = silent,
    stage: str = "models",
    watch: Watch = unwatched,
    device: str = "cpu",
    gpus: float = 1.0,
) -> Tally:
    """Do all the work that is not yet stored on a cluster; finished work survives an interrupt or a failure.

    Args:
        works: the work to do.
        data: the records that all jobs share.
        store: a folder that all nodes share, or a store behind a URL.
        address: `HOST:PORT` of the cluster's head node, or `auto` (see `ray_cluster.joined`).
        progress: called with stage, done, total.
        stage: the name of the work for `progress`.
        watch: called now and then with the pace of training.
        device: the device that units are trained on.
        gpus: the share of a GPU that a unit takes where the device is `cuda`.

    Raises:
        UserError: a job fails, or its nodes and processes die again and again; nodes do not share the store, or have
            other versions of the libraries.
    """
    do = partial(_messages, data=data, store=store, address=address, device=device, gpus=gpus)
    return follow(works, store, do, progress, stage, watch, data.classes)


def _messages(
    works: Sequence[Work], data: Dataset, store: Store, address: str, device: str, gpus: float
) -> Generator[Message[bool], None, None]:
    if not works:
        return
    for recipe in (work.job.recipe for work in works):
        if recipe.stays_here:
            raise UserError(f"{recipe.title}: it cannot be sent to other machines; leave the cluster out")
    ray = load_ray()
    with joined(address) as count:
        if device == "cuda" and not ray.cluster_resources().get("GPU"):
            raise UserError("device cuda: no node of the cluster has a GPU; use cpu")
        ordered = units(works, count)
        tasks = _Tasks(ray, ordered, store, _beginner(ray, data, store, device, gpus))
        try:
            yield from tasks.messages()
        finally:
            tasks.end()


def _beginner(ray: Any, data: Dataset, store: Store, device: str, gpus: float) -> Begin:
    # Ray must not retry a lost task: only this process knows what is left of it.
    task = ray.remote(_do_unit).options(
        num_cpus=1, num_gpus=gpus if device == "cuda" else 0, max_retries=0, num_returns="streaming"
    )
    return partial(task.remote, ray.put(pack(data.x)), ray.put(data.y), data.classes, store.location, device)


class _Here(NamedTuple):
    """Says on which machine a unit was begun."""

    host: str


@dataclass
class _Task:
    """A unit that a node works on."""

    left: Unit  # what is not yet stored
    host: str = ""


class _Tasks:
    """The units that the cluster works on, and those that wait for it."""

    def __init__(self, ray: Any, ordered: Sequence[Unit], store: Store, begin: Begin) -> None:
        self.ray, self.store, self.begin = ray, store, begin
        self.waiting = Waiting(ordered, ADVICE)
        self.under_way: dict[Any, _Task] = {}  # by the generator of its messages
        self.sharing: set[str] = set()  # machines whose files were seen here

    def messages(self) -> Iterator[Message[bool]]:
        while self.waiting or self.under_way:
            self._hand_over()
            before = len(self.under_way)
            while len(self.under_way) == before:
                ready, _ = self.ray.wait(list(self.under_way), num_returns=1)
                for line in ready:
                    yield from self._heard(line)

    def end(self) -> None:
        for line in self.under_way:
            self.ray.cancel(line, force=True)

    def _hand_over(self) -> None:
        room = AHEAD * cores(self.ray)
        while self.waiting and len(self.under_way) < room:
            unit = self.waiting.take()
            self.under_way[self.begin(unit)] = _Task(unit)

    def _heard(self, line: Any) -> Iterator[Message[bool]]:
        """Receive a message of a task; if its process or node died, there is none and its unit is queued again."""
        errors = self.ray.exceptions
        try:
            message = self.ray.get(next(line))
        except errors.RayTaskError as error:
            raise UserError(f"a node cannot do its work: {str(error).strip().splitlines()[-1]}") from error
        except errors.RayError:
            self.waiting.lost(self.under_way.pop(line).left)
            return
        yield from self._understood(line, message)

    def _understood(self, line: Any, message: Said[bool] | _Here) -> Iterator[Message[bool]]:
        task = self.under_way[line]
        if isinstance(message, Failed):
            raise message.error()
        if isinstance(message, Idle):
            del self.under_way[line]
            return
        if isinstance(message, _Here):
            task.host = message.host
            return
        if isinstance(message, Done):
            self._check_sharing(task.host, message.key)
            task.left = tuple(work for work in task.left if work.key != message.key)
        yield message

    def _check_sharing(self, host: str, key: str) -> None:
        end = time.monotonic() + PATIENCE
        while host not in self.sharing and not self.store.has(key):
            if time.monotonic() > end:
                raise UserError(
                    f"{host} stored a model in {self.store.location}, and this machine does not find it there: "
                    "expected a store that all machines share, a network folder or a URL such as s3://bucket/folder"
                )
            time.sleep(1.0)
        self.sharing.add(host)


def _do_unit(
    packed: Packed, y: Ints, classes: int, location: str, device: str, unit: Unit
) -> Iterator[Said[bool] | _Here]:
    """A task on a node: a second thread does the unit while this one passes on its messages."""
    said: SimpleQueue[Said[bool]] = SimpleQueue()
    do = partial(_do_here, unit, Records(unpack(packed), y, classes), location, device)
    Thread(target=tell_the_end, args=(do, said.put), daemon=True).start()
    yield _Here(socket.gethostname())
    while True:
        message = said.get()
        yield message
        if isinstance(message, Failed | Idle):
            return


def _do_here(unit: Unit, records: Records, location: str, device: str, send: Send[bool]) -> None:
    use_one_thread()
    make_repeatable(device)
    _check_code(unit[0], records, device)
    carry_out(unit, records, open_store(location), device, send)


def _check_code(work: Work, records: Records, device: str) -> None:
    """Raise UserError if this node's libraries would train another model under the job's name."""
    # What the user's own script defines came with the work.
    recipe, expected = work.job.recipe, work.job.code.partition(SOURCES)[0]
    if not expected:
        return
    found = recipe.trainer_version(records.shape, records.classes, device)
    if found != expected:
        raise UserError(
            f"{socket.gethostname()} trains with {found}, the machine that asks with {expected}: "
            "install the same versions on all nodes"
        )
