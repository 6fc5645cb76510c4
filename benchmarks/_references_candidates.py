"""What is measured: other references in a panel, and further features of the ensemble, each with its price."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import _references_arrangements as arranged
import _references_features as further
from _references_arrangements import Arrangement
from _references_bank import MOST
from _references_features import Features
from _references_training import CHECKPOINTS

LATE = tuple(range(CHECKPOINTS - 3, CHECKPOINTS))  # the last three checkpoints
SPREAD = tuple(range(1, CHECKPOINTS, 2))  # every second one, the finished network among them
ONE = ("lira", "base_ratio")  # attacks that need no shadows
ALL = (*ONE, "ensemble")


class Seconds(NamedTuple):
    """Mean CPU time of a training: of a model of the pool, on the population's labels, and of students."""

    model: float
    on_population: float
    student: float
    student_of_half: float


Price = Callable[[Seconds, int], float]  # CPU seconds of all trainings for the audit of one target, by the pool's size


@dataclass(frozen=True)
class Candidate:
    """References or features that may make attacks stronger."""

    name: str
    price: Price
    attacks: tuple[str, ...] = ("ensemble",)
    arrangement: Arrangement = arranged.as_they_are
    features: Features | None = None
    alone: bool = False  # the features in place of the ensemble's own
    has_shadows: bool = True
    copies: int = 1  # rows of a panel that one reference has
    most: int = MOST  # most models in the pool
    everyone: bool = False  # all models of the pool are references of a shadow: none has seen its records


def pool(seconds: Seconds, size: int) -> float:
    return size * seconds.model


def candidates() -> Iterator[Candidate]:
    """All that is measured, the pool as it is first."""
    yield Candidate("pool", pool, ALL)
    yield from _students()
    yield from _checkpoints()
    yield from _trajectories()
    yield from _of_owners()


def _students() -> Iterator[Candidate]:
    def labels(seconds: Seconds, size: int) -> float:
        return size * seconds.on_population

    def few(seconds: Seconds, size: int) -> float:
        return size * seconds.student

    def many(seconds: Seconds, size: int) -> float:
        return pool(seconds, size) + (1 + size) * size * seconds.student

    of_population = arranged.students
    yield Candidate("pool, each record by models without it", pool, ONE, arranged.outsiders, has_shadows=False)
    yield Candidate("labels of the population", labels, ONE, arranged.on_population, has_shadows=False)
    yield Candidate("students on the population", few, ONE, of_population, has_shadows=False)
    yield Candidate("the same, for shadows too", many, ("base_ratio", "ensemble"), of_population, everyone=True)
    yield Candidate("pool, students on the population as features", many, features=further.from_students)
    yield from _students_of_halves()


def _students_of_halves() -> Iterator[Candidate]:
    def few(seconds: Seconds, size: int) -> float:
        return size * seconds.student_of_half

    def each(seconds: Seconds, size: int) -> float:
        return pool(seconds, size) + size * (size - 1) * seconds.student_of_half

    def some(count: int, seconds: Seconds, size: int) -> float:
        return pool(seconds, size) + (1 + size) * count * seconds.student_of_half

    beside = further.from_students_of_halves
    without = "students on halves, each record by those without it"
    yield Candidate(without, few, ONE, arranged.students_without, has_shadows=False)
    for count, said in ((2, "two"), (4, "four"), (6, "six")):
        instead = partial(arranged.students_of_halves, count)
        name = f"{said} students of each model on halves, in place of the pool"
        yield Candidate(name, partial(some, count), arrangement=instead, everyone=True, most=MOST - count)
    two = "pool, two students of each model on halves as features"
    yield Candidate(two, partial(some, 2), features=partial(beside, 2))
    yield Candidate("pool, students on all halves as features", each, features=partial(beside, None))


def _checkpoints() -> Iterator[Candidate]:
    for steps, which in ((LATE, "the last three"), (SPREAD, "every second")):
        rows, mean = partial(arranged.checkpoints, steps), partial(arranged.mean_checkpoint, steps)
        yield Candidate(f"checkpoints as references, {which}", pool, ALL, rows, copies=len(steps))
        yield Candidate(f"mean of checkpoints, {which}", pool, ALL, mean)


def _trajectories() -> Iterator[Candidate]:
    def one_student(seconds: Seconds, size: int) -> float:
        return pool(seconds, size) + (1 + size) * seconds.student

    course, students = further.trajectory_of_student, arranged.students
    yield Candidate(
        "trajectory of a student", one_student, arrangement=students, features=course, alone=True, everyone=True
    )
    yield Candidate("pool, trajectory of a student as features", one_student, features=course)
    yield Candidate("pool, trajectories of references as features", pool, features=further.trajectory_of_references)
    yield Candidate("owner: pool, the target's trajectory as features", pool, features=further.own_trajectory)


def _of_owners() -> Iterator[Candidate]:
    signals = {"gradient": "gradient", "last_layer": "last layer's gradient", "ascended": "ascent step"}
    for name, words in signals.items():
        way = partial(arranged.owners, name)
        yield Candidate(f"owner: {words} in place of the answers", pool, ("lira",), way, has_shadows=False)
        yield Candidate(f"owner: pool, {words} as features", pool, features=partial(further.from_owner, (name,)))
    yield Candidate("owner: pool, all three as features", pool, features=partial(further.from_owner, tuple(signals)))
