"""What is measured: other references in a panel, and further features of the ensemble, each with its price."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import _references_arrangements as arranged
import _references_features as further
from _references_arrangements import Arrangement
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

    def few_halves(seconds: Seconds, size: int) -> float:
        return size * seconds.student_of_half

    def many_halves(seconds: Seconds, size: int) -> float:
        return pool(seconds, size) + size * (size - 1) * seconds.student_of_half

    def two_halves(seconds: Seconds, size: int) -> float:
        return pool(seconds, size) + (1 + size) * 2 * seconds.student_of_half

    of_population, of_halves = arranged.students, arranged.students_of_halves
    beside, beside_halves = (partial(further.from_students, way, None) for way in (of_population, of_halves))
    beside_two = partial(further.from_students, of_halves, 2)
    yield Candidate("pool, each record by models without it", pool, ONE, arranged.outsiders, has_shadows=False)
    yield Candidate("labels of the population", labels, ONE, arranged.on_population, has_shadows=False)
    yield Candidate("students on the population", few, ONE, of_population, has_shadows=False)
    yield Candidate("the same, for shadows too", many, ("base_ratio", "ensemble"), of_population, everyone=True)
    yield Candidate("students on halves", few_halves, ONE, of_halves, has_shadows=False)
    yield Candidate("pool, students on the population as features", many, features=beside)
    yield Candidate("pool, students on halves as features", many_halves, features=beside_halves)
    yield Candidate("pool, two students on halves as features", two_halves, features=beside_two)


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
