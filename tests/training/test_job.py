import json
import pickle
from dataclasses import fields, replace

import numpy as np
import pytest
import sklearn
from sklearn.ensemble import RandomForestClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from miaudit.running.work import Work
from miaudit.training.estimators import EstimatorRecipe
from miaudit.training.job import Job
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


def test_rows_are_hashed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    job = replace(JOB, seed=3)
    work = Work(job, np.arange(5))
    before = work.key
    monkeypatch.setattr("miaudit.training.job.fingerprint", None)  # would fail if called
    monkeypatch.setattr("miaudit.running.work.fingerprint", None)
    assert work.key == before
    assert job.parts["seed"] == "3"
    assert pickle.loads(pickle.dumps(work)).key == before


def test_a_changed_job_is_named_anew() -> None:
    assert JOB.key
    assert replace(JOB, seed=3).key == Job(**{f.name: getattr(JOB, f.name) for f in fields(JOB)} | {"seed": 3}).key
    assert replace(JOB, seed=3).key != JOB.key


def test_the_names_that_earlier_versions_gave_have_not_changed() -> None:
    """A change of these would leave every stored model unused."""
    assert JOB.key == "e00c0b8cf81662ba4394c9b3e3ecb84d"
    assert Work(JOB, np.arange(5)).key == "abb9d1d46bcedab910e7afeda8f311dd"
    forest = EstimatorRecipe.of(
        make_pipeline(StandardScaler(), RandomForestClassifier(max_depth=3, class_weight={0: 2.0}))
    )
    params = json.loads(forest.params)
    assert params["randomforestclassifier"] == "RandomForestClassifier(class_weight={0: 2.0}, max_depth=3)"
    assert forest.library == f"sklearn {sklearn.__version__}; estimators/2"
    assert forest.kind == "sklearn.pipeline.Pipeline"
