"""Lays out the students of an audit, which learn what the target and each shadow answer, and adds them to the evidence.

They are the second phase of an audit's training, since they wait for the answers that they learn from.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from miaudit.arrays import Bools, Floats, Ints
from miaudit.auditing.collect import stored_outputs
from miaudit.auditing.masked import Mask, masked
from miaudit.auditing.plan import Plan, Teaching
from miaudit.evidence import Evidence, Panel, Students, View
from miaudit.running.work import Work
from miaudit.seeds import child_seed
from miaudit.splits.pool import training_sets
from miaudit.store.base import Store

STUDENTS = "students"  # their role in a plan, and the stage of their training


class Cohort(NamedTuple):
    """The students of one model."""

    works: tuple[Work, ...]  # K
    taught: Bools  # (K, n) which of the panel's records each learns from


def cohorts_of(teaching: Teaching, evidence: Evidence) -> tuple[Cohort, ...]:
    """The students of the target, and of every shadow that has references, in the order of the evidence.

    Args:
        teaching: how many there are of each model, and how they are trained.
        evidence: what the models answer about the records that they are judged on.
    """
    return tuple(_cohort(teaching, panel) for panel in _teachers(evidence))


def teachers_in(plan: Plan) -> int:
    """Number of models that will have students: the target, and every shadow that has references."""
    return 1 + sum(len(role.references) > 0 for role in plan.split.shadows)


def example(teaching: Teaching, plan: Plan) -> Work:
    """The work of a student before anything is answered, by which its training is timed."""
    rows = np.sort(plan.split.audited)
    wanted = np.full((len(rows), plan.data.classes), 1 / plan.data.classes, dtype=np.float32)
    return next(_works(teaching, rows, wanted, halves(teaching, len(rows))))


def with_students(evidence: Evidence, cohorts: Sequence[Cohort], store: Store, mask: Mask | None) -> Evidence:
    """The evidence with the students in the panels of their teachers.

    Args:
        evidence: the evidence that they were laid out for.
        cohorts: the students; the store holds what they answer.
        store: where that is kept.
        mask: what hides a part of the answers of the attacker's models; None for nothing.
    """
    left = iter(cohorts)

    def taught(panel: Panel) -> Panel:
        works, flags = next(left)
        table = masked(stored_outputs(works, panel.labels, store), mask)
        return replace(panel, students=Students(View.whole(table), flags))

    audit = taught(evidence.audit)
    shadows = tuple(taught(shadow) if shadow.n_references else shadow for shadow in evidence.shadows)
    return replace(evidence, audit=audit, shadows=shadows).with_floor()


def halves(teaching: Teaching, records: int) -> Bools:
    """(K, records) which records each student learns from, drawn without knowledge of the members of any model.

    Of every two students, the second learns from the records that the first does not: the number of students that
    have learned from a record says nothing about membership.
    """
    seed = child_seed(teaching.seed, "halves")
    return training_sets(teaching.students, records, records // 2, seed)[0]


def _teachers(evidence: Evidence) -> Iterator[Panel]:
    yield evidence.audit
    yield from (shadow for shadow in evidence.shadows if shadow.n_references)


def _cohort(teaching: Teaching, teacher: Panel) -> Cohort:
    if teacher.ids is None:
        raise ValueError("a panel of an audit names its records")
    taught = halves(teaching, len(teacher))
    wanted = teacher.target("posteriors").astype(np.float32)
    return Cohort(tuple(_works(teaching, teacher.ids, wanted, taught)), taught)


def _works(teaching: Teaching, rows: Ints, wanted: Floats, taught: Bools) -> Iterator[Work]:
    """One work for each student (K, n); the same student of different teachers begins with the same weights."""
    for s, half in enumerate(taught):
        seed = child_seed(teaching.seed, "student", s)
        job = teaching.method.job(rows[half], seed, teaching.validation, wanted=wanted[half])
        yield Work(job, rows)
