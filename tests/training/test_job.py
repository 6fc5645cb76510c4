from dataclasses import replace

import numpy as np

from miaudit.training.job import Job
from miaudit.training.work import Work
from tiny import recipe

JOB = Job(recipe(), data="d", rows=np.arange(5), seed=0, validation=np.array([7]), code="fit/1 torch/2")


def test_the_key_changes_with_everything_that_the_model_depends_on() -> None:
    changes = {
        "recipe": replace(JOB, recipe=recipe(epochs=3)),
        "data": replace(JOB, data="e"),
        "rows": replace(JOB, rows=np.array([0, 1, 2, 4, 3])),
        "seed": replace(JOB, seed=1),
        "validation": replace(JOB, validation=np.array([8])),
        "code": replace(JOB, code="fit/2 torch/2"),
    }
    assert set(changes) == set(JOB.parts)
    assert len({job.key for job in changes.values()} | {JOB.key}) == len(changes) + 1
    for name, job in changes.items():  # and the parts say what was changed
        assert [part for part in JOB.parts if job.parts[part] != JOB.parts[part]] == [name]


def test_equal_jobs_have_equal_keys() -> None:
    again = Job(recipe(), data="d", rows=np.arange(5), seed=0, validation=np.array([7]), code="fit/1 torch/2")
    assert again.key == JOB.key


def test_outputs_are_named_by_the_job_and_the_records_asked() -> None:
    keys = {
        Work(JOB, np.arange(5)).key,
        Work(JOB, np.arange(6)).key,
        Work(replace(JOB, seed=1), np.arange(5)).key,
        JOB.key,
    }
    assert len(keys) == 4
