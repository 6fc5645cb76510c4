from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from miaudit.models.mlp import Mlp
from miaudit.models.smallnet import Smallnet
from miaudit.running.description import describe_model, describe_outputs, recipe_fields
from miaudit.running.explain import Explanation, explain, known_jobs
from miaudit.running.work import Work
from miaudit.store.local import LocalStore
from miaudit.training.estimators import EstimatorRecipe
from miaudit.training.job import Job
from miaudit.training.selena import SelenaRecipe
from tiny import recipe

QUERY = np.arange(60)
JOB = Job(recipe(), data="d" * 32, rows=np.arange(30), seed=7, code="stack/1 torch/2")
WORK = Work(JOB, QUERY)


def put(store: LocalStore, job: Job) -> None:
    store.put(job.key, {"weight": np.zeros(1)}, describe_model(job))
    store.put(Work(job, QUERY).key, {"logits": np.zeros(1)}, describe_outputs(job, QUERY))


@pytest.fixture
def store(tmp_path: Path) -> LocalStore:
    """One job, and another that is further from all that the tests ask for."""
    store = LocalStore(tmp_path)
    put(store, JOB)
    put(store, Job(recipe(epochs=99), data="x" * 32, rows=np.arange(9), seed=8, code="plain/1 torch/1"))
    return store


def ask(store: LocalStore, job: Job, query: np.ndarray = QUERY) -> Explanation:
    return explain(Work(job, query), store, known_jobs(store))


def texts(answer: Explanation) -> list[str]:
    return [difference.text for difference in answer.differences]


def test_a_hit(store: LocalStore) -> None:
    assert ask(store, JOB) == Explanation(JOB.key, "outputs")
    assert ask(store, JOB, np.arange(9)) == Explanation(JOB.key, "model")


def test_an_empty_store(tmp_path: Path) -> None:
    assert ask(LocalStore(tmp_path), JOB) == Explanation(JOB.key, "missing")


@pytest.mark.parametrize(
    ("job", "expected"),
    [
        (replace(JOB, recipe=recipe(epochs=40)), ["recipe.epochs 2 -> 40"]),
        (replace(JOB, recipe=recipe(model=Mlp(hidden=(9, 4)))), ["recipe.model.hidden [8] -> [9, 4]"]),
        (
            replace(JOB, recipe=recipe(model=Smallnet(), batch_size=8)),
            [
                "recipe.model.class Mlp -> Smallnet",
                "recipe.batch_size 16 -> 8",
            ],
        ),
        (replace(JOB, rows=np.arange(31)), ["rows 30 -> 31"]),
        (replace(JOB, rows=np.arange(30)[::-1].copy()), ["rows 30 -> 30 others"]),
        (replace(JOB, validation=np.arange(4)), ["validation 0 -> 4"]),
        (replace(JOB, unlabelled=np.arange(5)), ["unlabelled 0 -> 5"]),
        (replace(JOB, recipe=SelenaRecipe(base=recipe())), ["recipe.class Recipe -> SelenaRecipe"]),
        (replace(JOB, seed=8), ["seed 7 -> 8"]),
        (replace(JOB, data="e" * 32), [f"data {'d' * 32} -> {'e' * 32}"]),
        (replace(JOB, code="stack/2 torch/2"), ["code stack/1 torch/2 -> stack/2 torch/2"]),
        (
            replace(JOB, recipe=recipe(epochs=3), rows=np.arange(29), seed=1),
            ["recipe.epochs 2 -> 3", "rows 30 -> 29", "seed 7 -> 1"],
        ),
    ],
)
def test_the_fields_that_made_it_a_miss(store: LocalStore, job: Job, expected: list[str]) -> None:
    answer = ask(store, job)
    assert answer.state == "missing"
    assert answer.nearest == JOB.key
    assert texts(answer) == expected


def test_of_equally_near_jobs_the_one_with_more_fields_in_common(store: LocalStore) -> None:
    other = replace(JOB, recipe=recipe(epochs=40, batch_size=8))
    put(store, other)
    assert ask(store, replace(JOB, recipe=recipe(epochs=41, batch_size=8))).nearest == other.key
    assert ask(store, replace(JOB, recipe=recipe(epochs=2, batch_size=16, weight_decay=0.1))).nearest == JOB.key


def test_entries_of_older_versions_explain_by_part(tmp_path: Path) -> None:
    store = LocalStore(tmp_path)
    store.put(JOB.key, {"weight": np.zeros(1)}, {"kind": "model", **JOB.parts, "rows_count": 30})
    store.put(WORK.key, {"logits": np.zeros(1)}, {"kind": "outputs", "job": JOB.key, "records": 60})
    answer = ask(store, replace(JOB, recipe=recipe(epochs=3), validation=np.arange(2), rows=np.arange(31)))
    assert texts(answer) == ["recipe one whose fields were not kept -> this one", "validation ? -> 2", "rows 30 -> 31"]


def test_entries_that_cannot_be_read_are_left_out(store: LocalStore) -> None:
    assert len(known_jobs(store)) == 2
    for path in (store.path(JOB.key), store.path(WORK.key)):
        path.write_bytes(b"")
    assert len(known_jobs(store)) == 1


def forest(trees: int, query: np.ndarray = QUERY) -> Work:
    how = EstimatorRecipe.of(make_pipeline(RandomForestClassifier(n_estimators=trees)))
    return Work(Job(how, data="d", rows=np.arange(30), seed=7, code=how.library), query)


def test_estimators_of_which_only_outputs_are_kept(tmp_path: Path) -> None:
    store, work = LocalStore(tmp_path), forest(10)
    store.put(work.key, {"logits": np.zeros(1)}, describe_outputs(work.job, work.query))
    assert ask(store, work.job).state == "outputs"
    answer = ask(store, forest(20).job)
    assert "recipe.params.randomforestclassifier__n_estimators 10 -> 20" in texts(answer)
    assert texts(ask(store, work.job, np.arange(9))) == ["records asked about 60 -> 9"]
    other = EstimatorRecipe.of(LogisticRegression())
    assert "recipe.kind" in {difference.field for difference in ask(store, replace(work.job, recipe=other)).differences}


def test_of_several_modules_those_that_differ_are_named(store: LocalStore) -> None:
    put(store, replace(JOB, code="stack/1 torch/2 of net 11; helper 22; numpy 2.0"))
    answer = ask(store, replace(JOB, code="stack/1 torch/2 of net 11; helper 33; numpy 2.0"))
    assert texts(answer) == ["code helper 22 -> helper 33"]
    answer = ask(store, replace(JOB, code="stack/1 torch/2 of net 11; numpy 2.0"))
    assert texts(answer) == ["code helper 22 -> nothing"]


def test_long_values_are_cut_but_told_apart(store: LocalStore) -> None:
    one, other = (replace(JOB, recipe=recipe(model=Mlp(hidden=(8,) * 50 + (last,)))) for last in (1, 2))
    put(store, one)
    (difference,) = ask(store, other).differences
    assert len(difference.stored) <= 60
    assert difference.stored != difference.asked


def test_every_field_of_a_recipe_is_described() -> None:
    fields = recipe_fields(recipe())
    assert fields["class"] == "Recipe"
    assert fields["model.hidden"] == [8]
    assert {"epochs", "bf16", "model.class", "model.dropout"} <= fields.keys()
