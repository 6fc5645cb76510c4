"""Runs the attacks' tasks on all cores. The results do not depend on the number of cores."""

from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from multiprocessing.reduction import ForkingPickler
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import cloudpickle

from miaudit.auditing.mapped import Mapped, read_mapped, write_mapped
from miaudit.auditing.tasks import Answer, Material, Outcome, Task, answer_of, portable
from miaudit.maths.threads import single_threaded
from miaudit.running.crew import do_units
from miaudit.running.messages import Done, Send
from miaudit.training.device import usable_cores

WORTH_PROCESSES = 5.0  # seconds of work below which starting processes costs more than it saves


class Packed(NamedTuple):
    """A task as bytes, which can be sent to another process."""

    key: str
    deed: str  # what the process does with it, for messages
    content: bytes


class Attacking(NamedTuple):
    """The duty of a crew's processes: run tasks on the evidence, one copy of which they all map."""

    where: Mapped
    blame: str = "an attack cannot be run"

    def begin(self) -> Callable[[tuple[Packed, ...], Send[bytes | None]], None]:
        """Map the evidence; returns the function that runs tasks on it."""
        material = _or_none(lambda: read_mapped(self.where))

        def do(unit: tuple[Packed, ...], send: Send[bytes | None]) -> None:
            for packed in unit:
                send(Done(packed.key, None if material is None else _outcome(packed, material)))

        return do


def answers(
    tasks: Sequence[Task], material: Material, jobs: int | None = None
) -> Generator[tuple[Task, Answer], None, None]:
    """Yield each task with its answer as soon as it is done.

    Little work is done in this process, and so are attacks that cannot be sent to another one. Every task runs on one
    thread, wherever that is, so that it gives the same bits.

    Args:
        tasks: the parts of the attacks.
        material: what all of them read.
        jobs: number of processes; None for one per core.

    Raises:
        UserError: an attack fails, or its process is killed again and again, for want of memory for instance.
    """
    ordered = sorted(tasks, key=lambda task: -task.seconds(material))  # the last process to finish has little left
    count = min(jobs or usable_cores(), len(ordered))
    if count > 1 and sum(task.seconds(material) for task in ordered) > WORTH_PROCESSES:
        ordered = yield from _elsewhere(ordered, material, count)
    for task in ordered:
        with single_threaded():
            outcome = task.run(material)
        yield task, answer_of(task, outcome)


def _elsewhere(
    tasks: Sequence[Task], material: Material, count: int
) -> Generator[tuple[Task, Answer], None, list[Task]]:
    """Run tasks in other processes; returns the tasks that have to be run in this one."""
    left = {f"{task.part} of {task.name}": task for task in tasks}
    with TemporaryDirectory(prefix="miaudit-") as folder:
        units = [(packed,) for key, task in left.items() if (packed := _packed(key, task)) is not None]
        where = _or_none(lambda: write_mapped(material, Path(folder)))
        if where is None:
            return list(tasks)
        with closing(do_units(units, count, Attacking(where))) as messages:
            for message in messages:
                if isinstance(message, Done) and message.result is not None:
                    task = left.pop(message.key)
                    yield task, answer_of(task, ForkingPickler.loads(message.result))
    return list(left.values())


def _packed(key: str, task: Task) -> Packed | None:
    content = _or_none(lambda: cloudpickle.dumps(task))
    return None if content is None else Packed(key, f"runs attack {task.name}", content)


def _outcome(packed: Packed, material: Material) -> bytes | None:
    """Run a task and pickle its outcome; None if the task or its outcome cannot pass between processes."""
    task: Task | None = _or_none(lambda: ForkingPickler.loads(packed.content))
    if task is None:
        return None
    outcome = portable(task.run(material))
    return _or_none(lambda: _passed(outcome))


def _passed(outcome: Outcome) -> bytes:
    content: bytes = cloudpickle.dumps(outcome)
    ForkingPickler.loads(content)  # an error may be written and yet not be readable
    return content


def _or_none(make: Callable[[], Any]) -> Any:
    """The result of `make`; None if it raises anything, since pickling runs code of any class."""
    try:
        return make()
    except Exception:
        return None
